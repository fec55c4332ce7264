from __future__ import annotations

from uuid import UUID

from django.db import transaction

from backend.common.mail import send_mail_later
from backend.common.once import claim
from backend.tickets.mails.hearers import hearers
from backend.tickets.mails.letters import letter
from backend.tickets.models import Message


def mail_message(message_id: UUID) -> None:
    """Queues a mail for each who hears of the message: all or none, and once however often asked.

    Each is then sent by a job of its own, so that one server's refusal holds up no other.
    """
    with transaction.atomic():
        if not claim(f"tickets.mail:{message_id}"):
            return
        messages = Message.objects.select_related("ticket__tenant", "ticket__department")
        message = messages.prefetch_related("attachments").filter(pk=message_id).first()
        if message is None:
            return
        for hearer in hearers(message):
            send_mail_later(letter(message, hearer))
