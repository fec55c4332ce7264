"""What somebody is told whose answer by mail couldn't become a message. Strangers hear nothing."""

from __future__ import annotations

from typing import Final

from backend.common import rate_limits
from backend.common.mail import send_mail_later, write_mail
from backend.common.rate_classes import RateClass
from backend.tickets.mails.letters import FOLDER, address_of
from backend.tickets.models import MailRefusal, ReplyAddress

# Of the others the sender is a machine, or isn't known.
TOLD: Final = frozenset({MailRefusal.NO_ACCESS, MailRefusal.TOO_MANY, MailRefusal.EMPTY})
# Even a machine that we don't recognise is answered only this often.
OFTEN: Final = RateClass(limit=1, period=3600)


def tell_not_taken(address: ReplyAddress, refusal: MailRefusal, *, of_staff: bool) -> None:
    """One mail within the transaction, and no other in the same hour to the same person."""
    person = address.person
    if not person.is_active or not rate_limits.count(f"mail-not-taken:{person.pk}", OFTEN).allowed:
        return
    message = write_mail(
        FOLDER,
        "not_taken",
        person.language,
        person.email,
        person=person.name,
        number=address.ticket.number,
        refusal=refusal,
        address=address_of(address.ticket, of_staff=of_staff),
    )
    message.extra_headers["Auto-Submitted"] = "auto-replied"
    send_mail_later(message)
