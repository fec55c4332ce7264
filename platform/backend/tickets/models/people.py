"""Who reads a ticket, who looks after it, and how mails find it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from backend.common.identifiers import new_id
from backend.common.models import TenantOwned
from backend.tickets.models.message import Fact, Message
from backend.tickets.models.ticket import Ticket


class TicketReading(TenantOwned):
    """Up to when a person of the tenant has read a ticket in which they wrote or looked.

    `unread_since` is the earliest message of somebody else since then, so that what is unread is
    found without looking at what isn't. Who never was in a ticket has nothing unread there.
    """

    ticket = models.ForeignKey(
        Ticket, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False,
        related_name="readings", editable=False,
    )  # fmt: skip
    person_id = models.UUIDField(editable=False)
    read_until = models.DateTimeField(editable=False)
    unread_since = models.DateTimeField(null=True, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "ticket", "person_id"], name="tickets_ticketreading_once"
            ),
            models.CheckConstraint(
                condition=Q(unread_since__isnull=True) | Q(unread_since__gt=F("read_until")),
                name="tickets_ticketreading_unread_is_later",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "person_id", "ticket"],
                condition=Q(unread_since__isnull=False),
                name="tickets_ticketreading_unread",
            )
        ]
        verbose_name = "reading"

    def __str__(self) -> str:
        return f"{self.read_until:%Y-%m-%d %H:%M}"


class TicketAssignment(TenantOwned):
    """Who of the staff looks after a ticket: at most one. The audit trail knows who did before.

    A table of its own, as no role of a tenant may read it.
    """

    ticket = models.ForeignKey(
        Ticket, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False,
        related_name="assignments", editable=False,
    )  # fmt: skip
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", editable=False
    )
    assigned_by = models.CharField(max_length=200, editable=False, help_text="The name as it was")

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "ticket"], name="tickets_ticket_one_assignee"
            ),
        ]
        verbose_name = "assignment"

    def __str__(self) -> str:
        return str(self.assignee)


class ReplyAddress(Fact):
    """The token by which a mail finds its ticket and its writer; only its digest is kept."""

    ticket = models.ForeignKey(
        Ticket, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False,
        related_name="+", editable=False,
    )  # fmt: skip
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", editable=False
    )
    digest = models.CharField(
        max_length=64, unique=True, editable=False, help_text="SHA-256 of the token, hex"
    )

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "ticket", "person"], name="tickets_replyaddress_once"
            ),
        ]
        verbose_name = "reply address"
        verbose_name_plural = "reply addresses"

    def __str__(self) -> str:
        return str(self.person)


class MailRefusal(models.TextChoices):
    """Why a mail that came in became no message."""

    NO_TICKET = "no-ticket", "It was sent to no ticket's address"
    WRONG_SENDER = "wrong-sender", "The sender isn't who the address was made for"
    NO_ACCESS = "no-access", "The sender can't write in that ticket any more"
    AUTOMATIC = "automatic", "A machine sent it"
    TOO_MANY = "too-many", "Too many mails in a short time"
    EMPTY = "empty", "Nothing but quoted text"


class IncomingMail(models.Model):
    """A mail that came in, and what became of it: nothing of what it says. Global, and purged."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mail_id = models.CharField(
        "Message-ID", max_length=255, unique=True, editable=False, help_text="The same one once"
    )
    refusal = models.CharField(max_length=16, choices=MailRefusal, blank=True, editable=False)
    message = models.ForeignKey(
        Message, on_delete=models.DO_NOTHING, null=True, related_name="+", editable=False
    )
    received_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refusal="", message__isnull=False)
                | Q(refusal__in=MailRefusal.values, message__isnull=True),
                name="tickets_incomingmail_became_something",
            )
        ]
        indexes = [models.Index(fields=["-received_at", "-id"], name="tickets_incomingmail_newest")]
        ordering = ["-received_at", "-pk"]
        verbose_name = "incoming mail"

    def __str__(self) -> str:
        return self.get_refusal_display() or "Became a message"
