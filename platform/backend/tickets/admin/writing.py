"""Staff write into a ticket: to the customer, or to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern

from backend.common.actor import Actor
from backend.common.admin import staff_actor
from backend.common.files import StorageNotConfigured, StoreFailed
from backend.common.problems import Problem
from backend.tickets.admin.beside import language_of
from backend.tickets.admin.forms import NoteForm, ReplyForm, uuid_of
from backend.tickets.canned import filled
from backend.tickets.errors import SomebodyAnswered, TicketClosed, TicketMerged
from backend.tickets.models import CannedReply, Ticket
from backend.tickets.models.attachment import MOST_OF_A_MESSAGE
from backend.tickets.workflows.answer_ticket import answer_ticket
from backend.tickets.workflows.store_attachment import FileUnfit, store_attachment
from backend.tickets.workflows.write_note import write_note

if TYPE_CHECKING:
    from backend.tickets.admin.page import TicketPage as _Base
else:
    _Base = object

NOTHING: Final = UUID(int=0)
KEPT: Final = "What you wrote is kept below."


class Writing(_Base):
    """To be mixed in before `TicketPage`."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.command("reply", self.reply),
            self.command("note", self.note),
            *super().get_urls(),
        ]

    def reply(self, request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        """Sends it, or puts a canned reply into it: the form's buttons say which."""
        ticket = self.ticket_for(request, ticket_id, "tickets.reply_ticket")
        by = staff_actor(request)
        data, refused = _with_files(request, ticket, by)
        form = ReplyForm(data, ticket=ticket, by=by)
        if "insert" in request.POST:
            _put_in(data, form, ticket, by)
            form.errors.clear()
            return self.ticket_page(request, ticket, reply=form)
        closes, reopens = "close" in request.POST, "reopen" in request.POST
        if (closes or reopens) and not request.user.has_perm("tickets.close_ticket"):
            raise PermissionDenied
        for each in refused:
            form.add_error("uploads", each)
        if not form.is_valid():
            return self.ticket_page(request, ticket, reply=form)
        seen = form.cleaned_data["seen"]
        try:
            with transaction.atomic():
                answer_ticket(
                    ticket.tenant_id,
                    ticket.pk,
                    form.cleaned_data["body"],
                    by=by,
                    seen=seen,
                    attachments=[each.pk for each in form.cleaned_data["kept"]],
                    closes=closes,
                    reopens=reopens,
                )
                self.log_change(request, ticket, "Replied and closed." if closes else "Replied.")
        except Problem as problem:
            form.add_error(None, _refused(problem))
            return self.ticket_page(
                request, self.ticket_for(request, ticket_id), reply=form, seen=seen
            )
        said = "Your reply is sent, and the ticket is closed." if closes else "Your reply is sent."
        return self.done(request, ticket, "reply", said)

    def note(self, request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        ticket = self.ticket_for(request, ticket_id, "tickets.note_ticket")
        form = NoteForm(request.POST, auto_id="note_%s")
        if not form.is_valid():
            return self.ticket_page(request, ticket, note=form)
        with transaction.atomic():
            body = form.cleaned_data["body"]
            write_note(ticket.tenant_id, ticket.pk, body, by=staff_actor(request))
            self.log_change(request, ticket, "Wrote an internal note.")
        return self.done(request, ticket, "note", "Your note is kept, for staff alone.")


def _put_in(data: QueryDict, form: ReplyForm, ticket: Ticket, by: Actor) -> None:
    """The chosen text at the end of what was typed. Nothing is sent."""
    chosen = form.canned_replies.filter(pk=uuid_of(data.get("canned")) or NOTHING).first()
    parts = [data.get("body", ""), _text(chosen, ticket, by) if chosen else ""]
    data["body"] = "\n\n".join(part.strip() for part in parts if part.strip())
    data["canned"] = ""


def _with_files(request: HttpRequest, ticket: Ticket, by: Actor) -> tuple[QueryDict, list[str]]:
    """What was sent, its files stored: they go along with whatever is sent in the end.

    Else a refusal would lose them, as no page can put a file back into its form. With why some
    weren't taken.
    """
    data, refused = request.POST.copy(), []
    for file in request.FILES.getlist("uploads")[:MOST_OF_A_MESSAGE]:
        try:
            attachment = store_attachment(ticket.tenant_id, file, by=by)
        except FileUnfit as error:
            refused.append(f"{file.name}: {error}")
        except (StoreFailed, StorageNotConfigured):
            refused.append(f"{file.name} couldn’t be stored. Try it again later.")
        else:
            data.appendlist("kept", str(attachment.pk))
    return data, refused


def _text(chosen: CannedReply, ticket: Ticket, by: Actor) -> str:
    """In the language of whoever opened the ticket, as far as there is such a text."""
    text = (chosen.body_de if language_of(ticket) == "de" else "") or chosen.body
    values = {
        "customer": ticket.opened_by,
        "business": ticket.tenant.name,
        "number": f"#{ticket.number}",
        "subject": ticket.subject,
        "staff": by.name,
        "invoice": str(ticket.invoice) if ticket.invoice_id else "",
    }
    return filled(text, values)


def _refused(problem: Problem) -> str:
    if isinstance(problem, SomebodyAnswered):
        author = problem.extensions["author"]
        return f"{author} has answered meanwhile: see above. Nothing was sent. {KEPT}"
    if isinstance(problem, TicketClosed):
        return f"The ticket was closed meanwhile. Nothing was sent. {KEPT}"
    if isinstance(problem, TicketMerged):
        number = problem.extensions["number"]
        return f"The ticket goes on in #{number}. Nothing was sent. {KEPT}"
    return f"{problem.detail}. Nothing was sent. {KEPT}"
