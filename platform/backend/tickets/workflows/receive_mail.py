"""Mails that come in: each becomes a message of the ticket that it was sent to, or is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import transaction

from backend.common.once import claim
from backend.common.tenancy import tenant_scope
from backend.tickets.incoming.mail import IncomingMessage
from backend.tickets.mails.not_taken import TOLD, tell_not_taken
from backend.tickets.models import IncomingMail, Message, Side, State, Via
from backend.tickets.models.message import LONGEST_BODY
from backend.tickets.wording import note
from backend.tickets.workflows.judge_mail import Accepted, Refused, judge_mail
from backend.tickets.workflows.take_files import take_files
from backend.tickets.workflows.write_message import lock_ticket, reopen_ticket, write_message

# Of so many files the names are said that aren't taken, and of each name so much.
_MOST_NAMED: Final = 20
_LONGEST_NAME: Final = 60

log = structlog.get_logger(__name__)


class SignatureUsed(SuspiciousOperation):
    """What the provider signed has come before, with another mail."""


def receive_mail(mail: IncomingMessage, *, signed_as: str = "") -> None:
    """Keeps what became of a mail, once however often it is delivered. All of it or nothing: what
    fails here for another reason than the mail is to be delivered again.

    `signed_as` is what the provider signed in place of the mail: it is good for one. Raises
    SignatureUsed, StoreFailed.
    """
    mail_id = mail.mail_id
    if _is_known(mail_id):
        return
    judged = judge_mail(mail)
    files: list[UUID] = []
    left_out: list[str] = []
    if isinstance(judged, Accepted):
        by = judged.writer.by
        files, left_out = take_files(judged.ticket.tenant_id, judged.files, by=by)
    with transaction.atomic():
        # Waits for a delivery of the same mail that is under way.
        if not claim(f"tickets.incoming:{mail_id}") or _is_known(mail_id):
            return
        if signed_as and not claim(f"tickets.incoming.signed:{signed_as}"):
            raise SignatureUsed
        if isinstance(judged, Accepted):
            message = _write(judged, _body(judged, files, left_out), files)
            IncomingMail.objects.create(mail_id=mail_id, message=message)
        else:
            _refuse(mail_id, judged)


def _is_known(mail_id: str) -> bool:
    return IncomingMail.objects.filter(mail_id=mail_id).exists()


def _refuse(mail_id: str, refused: Refused) -> None:
    IncomingMail.objects.create(mail_id=mail_id, refusal=refused.refusal)
    if refused.address and refused.refusal in TOLD:
        of_staff = refused.writer is not None and refused.writer.side == Side.STAFF
        tell_not_taken(refused.address, refused.refusal, of_staff=of_staff)
    log.info("mail refused", refusal=str(refused.refusal))


def _write(accepted: Accepted, body: str, files: Sequence[UUID]) -> Message:
    """As the tenant's role where one of the tenant's writes. A closed ticket goes on with it."""
    ticket, writer = accepted.ticket, accepted.writer
    # Where it is merged at this very moment it fails, and the mail is delivered again.
    closed = lock_ticket(ticket.tenant_id, ticket.pk).state == State.CLOSED
    say = reopen_ticket if closed else write_message
    with transaction.atomic() if writer.viewer is None else tenant_scope(ticket.tenant_id):
        return say(
            ticket.tenant_id,
            ticket.pk,
            body,
            side=writer.side,
            by=writer.by,
            via=Via.MAIL,
            attachments=files,
        )


def _body(accepted: Accepted, files: Sequence[UUID], left_out: Sequence[str]) -> str:
    """What was written, as much as fits, and below it what isn't there."""
    language = accepted.language
    text = accepted.text or (note("no-text", language) if files else "")
    notes = [note("left-out", language, names=_named(left_out, language))] if left_out else []
    if len(text) + _length(notes) > LONGEST_BODY:
        notes.insert(0, note("cut", language))
        text = text[: LONGEST_BODY - _length(notes)].rstrip()
    return "\n\n".join(filter(None, [text, *(f"*{each}*" for each in notes)]))


def _length(notes: Sequence[str]) -> int:
    """With the empty line and the asterisks around each."""
    return sum(len(each) + 4 for each in notes)


def _named(names: Sequence[str], language: str) -> str:
    """As Markdown that shows each as it is."""
    shown = [f"`{each.replace('`', '')[:_LONGEST_NAME]}`" for each in names[:_MOST_NAMED]]
    if (more := len(names) - _MOST_NAMED) > 0:
        shown.append(note("more-files", language, count=more))
    return ", ".join(shown)
