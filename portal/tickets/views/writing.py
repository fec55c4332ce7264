"""Writing in a ticket, and closing it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from portal.api_client.errors import Conflict, Missing
from portal.common.abilities import need
from portal.common.http import PortalRequest, SeeOther, page_with_form, see_other
from portal.common.large_bodies import FilesInMemory, takes_large_bodies
from portal.tickets.forms import CloseForm, MessageForm
from portal.tickets.uploads import take_along
from portal.tickets.views.thread import LATEST, page
from portal.tickets.views.unsent import PASSING, unsent


@require_POST
@takes_large_bodies
def reply(request: PortalRequest, slug: str, ticket_id: UUID) -> HttpResponse:
    def send(form: MessageForm) -> SeeOther:
        request.platform.tickets.reply(
            ticket_id,
            body=form.cleaned_data["body"],
            attachments=form.attachment_ids,
            idempotency_key=form.key,
        )
        return see_other("tickets:detail", slug, ticket_id, notice="message-sent", anchor=LATEST)

    return _write(request, slug, ticket_id, send)


@require_POST
@takes_large_bodies
def reopen(request: PortalRequest, slug: str, ticket_id: UUID) -> HttpResponse:
    def send(form: MessageForm) -> SeeOther:
        request.platform.tickets.reopen(
            ticket_id,
            body=form.cleaned_data["body"],
            attachments=form.attachment_ids,
            idempotency_key=form.key,
        )
        return see_other("tickets:detail", slug, ticket_id, notice="ticket-reopened", anchor=LATEST)

    return _write(request, slug, ticket_id, send)


def _write(
    request: PortalRequest, slug: str, ticket_id: UUID, send: Callable[[MessageForm], SeeOther]
) -> HttpResponse:
    """Sends what was written, or shows it again with what is in its way.

    Files are taken first, whatever else may be wrong: no browser chooses them again by itself.
    """
    files = FilesInMemory.of(request)
    form = MessageForm(request.POST, request.FILES)
    shown_at = ticket_id
    try:
        take_along(form, request.platform.tickets, files.left_out)
        if form.is_valid():
            with form.relaying():
                try:
                    return send(form)
                except Conflict as conflict:
                    shown_at = _goes_on_in(conflict) or ticket_id
                    raise
        return _again(request, slug, ticket_id, shown_at, form)
    except PASSING as error:
        return unsent(request, slug, form, error)


def _goes_on_in(conflict: Conflict) -> UUID | None:
    merged = conflict.code == "ticket-merged"
    return UUID(conflict.problem.extensions["id"]) if merged else None


def _again(
    request: PortalRequest, slug: str, ticket_id: UUID, shown_at: UUID, form: MessageForm
) -> HttpResponse:
    try:
        return page(request, slug, shown_at, form)
    except Missing:
        # It goes on in a ticket that somebody else has opened.
        if shown_at == ticket_id:
            raise
        return page(request, slug, ticket_id, form)


@page_with_form
def close(request: PortalRequest, slug: str, ticket_id: UUID) -> HttpResponse:
    form = CloseForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid():
            with form.relaying():
                request.platform.tickets.close(
                    ticket_id, reason=form.cleaned_data["reason"], idempotency_key=form.key
                )
                return see_other("tickets:detail", slug, ticket_id, notice="ticket-closed")
        ticket = request.platform.tickets.get(ticket_id)
    except Conflict as conflict:
        if conflict.code not in {"transition-refused", "ticket-merged"}:
            raise
        return see_other("tickets:detail", slug, ticket_id, notice="ticket-closed-already")
    except PASSING as error:
        if not form.is_bound:
            raise
        return unsent(request, slug, form, error)
    if ticket.state == "closed":
        return see_other("tickets:detail", slug, ticket_id, notice="ticket-closed-already")
    need("close", ticket.can)
    return render(
        request,
        "tickets/close.html",
        {"slug": slug, "ticket": ticket, "form": form},
        status=form.status,
    )
