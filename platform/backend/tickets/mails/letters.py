"""What is written to people about a ticket, and how their mail programs keep it together."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from backend.common.mail import write_mail
from backend.tickets.mails.hearers import Hearer
from backend.tickets.models import Message, Ticket
from backend.tickets.reply_addresses import address_for
from backend.tickets.wording import priority_in, said_by

FOLDER: Final = "tickets/mail"
# What stands below it in an answer is ours, in whatever way it is quoted.
ABOVE_THIS_LINE: Final = {
    "en": "## Please write your answer above this line ##",
    "de": "## Bitte schreiben Sie Ihre Antwort über diese Zeile ##",
}
_MESSAGE_ID: Final = "ticket-message."


def letter(message: Message, hearer: Hearer) -> EmailMessage:
    """The message as a mail to one of those who hear of it. `message.ticket` has its tenant and
    department, and `message.attachments` are fetched."""
    ticket, language = message.ticket, hearer.language
    reply_to = address_for(ticket, hearer.person) if hearer.person else ""
    written = write_mail(
        FOLDER,
        "to_staff" if hearer.of_staff else "to_member",
        language,
        hearer.email,
        person=hearer.person.name if hearer.person else "",
        ticket=ticket,
        tenant=ticket.tenant.name,
        department=ticket.department.name_in(language),
        priority=priority_in(language, ticket.priority),
        author=message.author,
        body=said_by(message, language) if message.event else message.body,
        is_event=bool(message.event),
        is_first=_is_first(message),
        files=[each.filename for each in message.attachments.all()],
        address=address_of(ticket, of_staff=hearer.of_staff),
        line=ABOVE_THIS_LINE[language] if reply_to else "",
    )
    thread = f"<ticket.{ticket.pk.hex}@{_domain()}>"
    whose = hearer.person.pk.hex if hearer.person else "department"
    written.extra_headers |= {
        "Message-ID": f"<{_MESSAGE_ID}{message.pk.hex}.{whose}@{_domain()}>",
        "In-Reply-To": thread,
        "References": thread,
        "Auto-Submitted": "auto-generated",
    }
    if reply_to:
        written.extra_headers["Reply-To"] = reply_to
    return written


def is_ours(mail_id: str) -> bool:
    """Whether a Message-ID is one of those that are given here."""
    return mail_id.startswith(f"<{_MESSAGE_ID}") and mail_id.endswith(f"@{_domain()}>")


def address_of(ticket: Ticket, *, of_staff: bool) -> str:
    """Its page: the staff's, or the tenant's."""
    if of_staff:
        return settings.PLATFORM_ORIGIN + reverse("admin:tickets_ticket_change", args=[ticket.pk])
    return f"{settings.PORTAL_ORIGIN}/t/{ticket.tenant.slug}/tickets/{ticket.pk}/"


def _is_first(message: Message) -> bool:
    of_ticket = Message.objects.for_tenant(message.tenant_id).filter(ticket=message.ticket)
    return not of_ticket.filter(created_at__lt=message.created_at).exists()


def _domain() -> str:
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return str(settings.INBOUND_MAIL_DOMAIN) or sender.rpartition("@")[2]
