"""A ticket's page: its thread, what can be done with it, and what stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from backend.audit.recording import record
from backend.common import files
from backend.common.admin import address_of_row, staff_actor
from backend.tickets.admin.beside import beside
from backend.tickets.admin.forms import NoteForm, ReplyForm, uuid_of
from backend.tickets.admin.shown import shown
from backend.tickets.ages import age_of, due_in_words, in_words
from backend.tickets.errors import AttachmentNotReady, AttachmentRefused
from backend.tickets.models import Attachment, State, Ticket
from backend.tickets.thread import thread
from backend.tickets.workflows.link_to_attachment import link_to

if TYPE_CHECKING:
    from backend.common.admin import ModelAdmin as _Base
else:
    _Base = object

# Whoever answers loads the page again and again: that is one reading.
READING_LASTS: Final = timedelta(minutes=30)
SESSION_KEY: Final = "read_tickets"


class TicketPage(_Base):
    """To be mixed in before `ModelAdmin`. Nothing of a ticket is edited as a field."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.open_attachment)
        address = "<uuid:ticket_id>/attachments/<uuid:attachment_id>/"
        return [path(address, view, name="tickets_ticket_attachment"), *super().get_urls()]

    def command(self, name: str, carry_out: Callable[..., HttpResponse]) -> URLPattern:
        """An address to post to. Whoever had to sign in on the way comes back with a GET."""

        def view(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
            if request.method == "POST":
                return carry_out(request, ticket_id)
            return HttpResponseRedirect(reverse("admin:tickets_ticket_change", args=[ticket_id]))

        return path(
            f"<uuid:ticket_id>/{name}/",
            self.admin_site.admin_view(view),
            name=f"tickets_ticket_{name}",
        )

    def done(self, request: HttpRequest, ticket: Ticket, form: str, notice: str) -> HttpResponse:
        """Back to the page, which forgets the draft of what was sent."""
        messages.success(request, notice)
        return HttpResponseRedirect(f"{address_of_row(ticket)}?done={form}")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        ticket = self.ticket_for(request, object_id)
        self._record_reading(request, ticket)
        return self.ticket_page(request, ticket)

    def ticket_for(self, request: HttpRequest, object_id: Any, permission: str = "") -> Ticket:
        """For whoever may look at tickets, and has the permission too. Else 403; 404 without it."""
        if not self.has_view_permission(request) or (
            permission and not request.user.has_perm(permission)
        ):
            raise PermissionDenied
        ticket: Ticket | None = self.get_object(request, str(object_id))
        if ticket is None:
            raise Http404
        return ticket

    def row_for(self, action: str, request: HttpRequest, object_id: str) -> Any:
        self.ticket_for(request, object_id)
        return super().row_for(action, request, object_id)

    def ticket_page(
        self,
        request: HttpRequest,
        ticket: Ticket,
        *,
        reply: ReplyForm | None = None,
        note: NoteForm | None = None,
        seen: UUID | None = None,
    ) -> HttpResponse:
        """With forms that were filled in and refused, nothing that was typed is lost.

        What came after the message `seen` is marked as new.
        """
        may = request.user.has_perm
        now = timezone.now()
        found = shown(ticket, before=uuid_of(request.GET.get("before")), seen=seen)
        is_closed = ticket.state == State.CLOSED
        can_close = may("tickets.close_ticket")
        can_reply = may("tickets.reply_ticket") and not ticket.merged_into_id
        if is_closed and not can_close:
            can_reply = False
        if reply is None:
            reply = ReplyForm(
                ticket=ticket, by=staff_actor(request), initial={"seen": found.last_id}
            )
        age = due = ""
        if ticket.waiting_since and ticket.answer_due_at:
            age = age_of(ticket.waiting_since, ticket.answer_due_at, now)
            due = due_in_words(ticket.answer_due_at, now)
        return self.row_page(
            request,
            ticket,
            "admin/tickets/ticket.html",
            title=str(ticket),
            ticket=ticket,
            thread=found,
            beside=beside(ticket, request.user),
            actions_of_ticket=self._buttons(request, ticket),
            can_reply=can_reply,
            can_close=can_close,
            can_take=may("tickets.assign_ticket") and not is_closed,
            is_mine=ticket.assignments.filter(
                tenant_id=ticket.tenant_id, assignee_id=request.user.pk
            ).exists(),
            is_closed=is_closed,
            reply=reply,
            takes_files=files.is_configured(),
            # The newest as the thread shows it now, whatever was sent along.
            last_id=found.last_id,
            note=(note or NoteForm(auto_id="note_%s")) if may("tickets.note_ticket") else None,
            age=age,
            due=due,
            waiting=in_words(now - ticket.waiting_since) if ticket.waiting_since else "",
        )

    def open_attachment(
        self, request: HttpRequest, ticket_id: UUID, attachment_id: UUID
    ) -> HttpResponse:
        """Leads to an address that saves the file for some minutes; 404 unless it was accepted."""
        ticket = self.ticket_for(request, ticket_id)
        tickets = Ticket.objects.for_tenant(ticket.tenant_id)
        sent = Attachment.objects.for_tenant(ticket.tenant_id).filter(
            pk=attachment_id, message__in=thread(tickets, ticket).values("pk")
        )
        try:
            link = link_to(get_object_or_404(sent))
        except (AttachmentNotReady, AttachmentRefused) as problem:
            raise Http404 from problem
        return HttpResponseRedirect(link.url)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return self._log(request, obj, CHANGE, message)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return self._log(request, obj, ADDITION, message)

    def _log(self, request: HttpRequest, ticket: Ticket, flag: int, message: Any) -> LogEntry:
        """By its number alone: what a tenant writes doesn't belong into the staff's history."""
        entry: LogEntry = LogEntry.objects.create(
            user_id=str(request.user.pk),
            content_type_id=ContentType.objects.get_for_model(ticket).pk,
            object_id=str(ticket.pk),
            object_repr=f"Ticket #{ticket.number} of {ticket.tenant}"[:200],
            action_flag=flag,
            change_message=message,
        )
        return entry

    def _buttons(self, request: HttpRequest, ticket: Ticket) -> list[dict[str, Any]]:
        found = self.get_actions_detail(request, ticket.pk)
        address = address_of_row(ticket).removesuffix("change/")
        return [
            {
                "title": each.description,
                "icon": each.icon,
                "address": f"{address}{each.path}/",
            }
            for each in found
        ]

    def _record_reading(self, request: HttpRequest, ticket: Ticket) -> None:
        """In the tenant's trail, once for all the times that it is loaded for an answer."""
        now = timezone.now()
        stored: dict[str, str] = request.session.get(SESSION_KEY, {})
        read = {each: until for each, until in stored.items() if _is_ahead(until, now)}
        if str(ticket.pk) not in read:
            by = staff_actor(request)
            record("ticket.read-by-staff", tenant_id=ticket.tenant_id, by=by, about=ticket.about())
            read[str(ticket.pk)] = (now + READING_LASTS).isoformat()
            request.session[SESSION_KEY] = read


def _is_ahead(moment: str, now: datetime) -> bool:
    parsed = parse_datetime(moment)
    return parsed is not None and parsed > now
