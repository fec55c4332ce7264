"""A ticket with its messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.api_client import afterwards, parallel
from portal.api_client.tickets import Attachment, Message, TicketDetail
from portal.common.http import PortalRequest
from portal.tickets.addresses import announce_url, with_way_to_store
from portal.tickets.forms import MessageForm
from portal.tickets.words import (
    EVENT_ICONS,
    Label,
    attachment_state,
    hint_of,
    priority_name,
    ticket_state,
    what_comes,
)

LATEST = "latest"
"""Where the newest message stands on the page."""


class File(NamedTuple):
    attachment: Attachment
    state: Label


class Said(NamedTuple):
    """A message as the page shows it."""

    message: Message
    hint: str
    event_icon: str
    files: list[File]
    is_first_new: bool
    anchor: str

    @property
    def side(self) -> str:
        """Of the table between us, seen from here."""
        return "there" if self.message.side == "staff" else "here"

    @property
    def mark(self) -> str:
        return _("Support") if self.message.side == "staff" else ""


class Shown(NamedTuple):
    """A ticket as the page shows it."""

    ticket: TicketDetail
    state: Label
    priority: str | Promise

    @property
    def comes(self) -> str:
        """Told where the page knows the business's time zone."""
        return what_comes(self.ticket)


@require_safe
def detail(request: PortalRequest, slug: str, ticket_id: UUID) -> HttpResponse:
    response = page(request, slug, ticket_id, MessageForm())
    if not settings.PORTAL_READ_ONLY:
        # After the page was fetched, or it wouldn't know any more what is new on it.
        afterwards(lambda: request.platform.tickets.mark_read(ticket_id))
    return response


def page(request: PortalRequest, slug: str, ticket_id: UUID, form: MessageForm) -> HttpResponse:
    """The ticket's page, with the form for a message as it is."""
    ticket = request.platform.tickets.get(ticket_id)
    response = render(
        request,
        "tickets/ticket.html",
        {
            "slug": slug,
            "shown": Shown(ticket, ticket_state(ticket), priority_name(ticket.priority)),
            "ticket": ticket,
            "said": list(said(ticket.messages, ticket)),
            "form": form,
            "announce_url": announce_url(slug),
        },
        status=form.status,
    )
    return with_way_to_store(request, response)


@require_safe
def earlier(request: PortalRequest, slug: str, ticket_id: UUID) -> HttpResponse:
    """Messages before those of the ticket's page; oldest first, as there."""
    cursor = request.GET.get("cursor", "")
    ticket, messages = parallel(
        lambda: request.platform.tickets.get(ticket_id),
        lambda: request.platform.tickets.messages(ticket_id, cursor=cursor),
    )
    return render(
        request,
        "tickets/earlier.html",
        {
            "slug": slug,
            "ticket": ticket,
            "said": list(said(messages.results[::-1], ticket)),
            "page": messages,
        },
    )


def said(messages: Sequence[Message], ticket: TicketDetail) -> Iterator[Said]:
    new_before = False
    for each in messages:
        yield Said(
            each,
            hint_of(each, ticket),
            EVENT_ICONS.get(each.event or "", "info"),
            [File(attachment, attachment_state(attachment)) for attachment in each.attachments],
            is_first_new=each.is_new and not new_before,
            anchor=LATEST if each is messages[-1] else "",
        )
        new_before = new_before or each.is_new
