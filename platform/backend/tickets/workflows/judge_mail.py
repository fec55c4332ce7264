from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from backend.common.actor import Actor
from backend.tenants.models import Member
from backend.tickets.incoming.machines import is_automatic, is_forged
from backend.tickets.incoming.mail import File, IncomingMessage
from backend.tickets.incoming.replies import trimmed
from backend.tickets.mails.letters import ABOVE_THIS_LINE, is_ours
from backend.tickets.models import (
    MailRefusal,
    Message,
    ReplyAddress,
    Side,
    Ticket,
    TicketAssignment,
    Via,
)
from backend.tickets.reply_addresses import found_in
from backend.tickets.viewers import Viewer

MOST_AN_HOUR: Final = 20
REPLIES: Final = "tickets.reply_ticket"
# Smaller ones that a text shows are logos below a signature.
SMALLEST_PICTURE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Writer:
    """As whom somebody writes; `viewer` is None for staff."""

    side: Side
    by: Actor
    viewer: Viewer | None

    def may_write_in(self, ticket: Ticket) -> bool:
        if self.viewer is None:
            return True
        return self.viewer.may_write and self.viewer.tickets().filter(pk=ticket.pk).exists()


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is to be written, where and as whom. `text` is empty where there are only files."""

    ticket: Ticket
    writer: Writer
    text: str
    files: tuple[File, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing is. `address` is whom it was made for, where that is who sent it."""

    refusal: MailRefusal
    address: ReplyAddress | None = None
    writer: Writer | None = None


def judge_mail(mail: IncomingMessage) -> Accepted | Refused:
    """What is to become of a mail. Writes nothing."""
    addresses = found_in(mail.recipients)
    if not addresses:
        return Refused(MailRefusal.NO_TICKET)
    if is_automatic(mail) or is_ours(mail.mail_id):
        return Refused(MailRefusal.AUTOMATIC)
    address = next((each for each in addresses if each.person.email == mail.sender), None)
    if address is None or is_forged(mail):
        return Refused(MailRefusal.WRONG_SENDER)
    ticket, writer = _where_it_goes_on(address.ticket), _writer(address)
    if writer is None or not writer.may_write_in(ticket):
        return Refused(MailRefusal.NO_ACCESS, address)
    if _came_by_mail_lately(ticket) >= MOST_AN_HOUR:
        return Refused(MailRefusal.TOO_MANY, address, writer)
    text, files = trimmed(mail.text, lines_above=ABOVE_THIS_LINE.values()), _files(mail)
    if not text.strip() and not files:
        return Refused(MailRefusal.EMPTY, address, writer)
    return Accepted(ticket, writer, text, files, address.person.language)


def _writer(address: ReplyAddress) -> Writer | None:
    """A member, as they may today, or one of the staff who may reply.

    Who is both speaks as staff in what they look after.
    """
    person: Any = address.person
    if not person.is_active:
        return None
    is_staff = person.is_staff and person.has_perm(REPLIES)
    assignments = TicketAssignment.objects.for_tenant(address.tenant_id)
    if is_staff and assignments.filter(ticket=address.ticket, assignee=person).exists():
        return Writer(Side.STAFF, Actor.staff(person), None)
    members = Member.objects.for_tenant(address.tenant_id).current().filter(person=person)
    if member := members.select_related("tenant").first():
        by = Actor("person", person.name, person.pk, member_id=member.pk)
        return Writer(Side.CUSTOMER, by, Viewer.of_member(member))
    return Writer(Side.STAFF, Actor.staff(person), None) if is_staff else None


def _where_it_goes_on(ticket: Ticket) -> Ticket:
    """The ticket itself, or the one into which it was merged."""
    if ticket.merged_into_id:
        into: Ticket = Ticket.objects.for_tenant(ticket.tenant_id).get(pk=ticket.merged_into_id)
        return into
    return ticket


def _came_by_mail_lately(ticket: Ticket) -> int:
    messages = Message.objects.for_tenant(ticket.tenant_id).filter(ticket=ticket, via=Via.MAIL)
    return int(messages.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count())


def _files(mail: IncomingMessage) -> tuple[File, ...]:
    return tuple(
        each for each in mail.files if not each.is_shown or len(each.content) >= SMALLEST_PICTURE
    )
