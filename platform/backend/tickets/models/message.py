"""What is said in a ticket, to everybody in it or among staff alone."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.tickets.models.ticket import Side, Ticket

LONGEST_BODY: Final = 20_000


class Via(models.TextChoices):
    PORTAL = "portal", "Portal"
    API = "api", "API"
    MAIL = "mail", "Mail"
    ADMIN = "admin", "Staff admin"
    SYSTEM = "system", "System"


class Event(models.TextChoices):
    """What the platform itself says: its words are the reader's language, so none are stored."""

    CLOSING_SOON = "closing-soon", "It will be closed unless somebody writes"
    CLOSED_SILENT = "closed-silent", "It was closed, as nobody wrote any more"
    MERGED = "merged", "Another ticket was merged into it"


class Fact(TenantOwned):
    """A row that is only ever added."""

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # A fact has no second version.
    updated_at = None  # type: ignore[assignment]

    objects: ClassVar[Any] = TenantOwnedQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        abstract = True


class Message(Fact):
    """One message. Append-only: see `AppendOnly`.

    `body` is Markdown as it was written; of a system message there is only its `event`. `author` is
    the name as it was, `author_id` the person or app, which may be gone.
    """

    ticket = models.ForeignKey(
        Ticket, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False,
        related_name="messages", editable=False,
    )  # fmt: skip
    side = models.CharField(max_length=8, choices=Side, editable=False)
    author = models.CharField(max_length=200, editable=False)
    author_kind = models.CharField(max_length=8, editable=False)
    author_id = models.UUIDField(null=True, editable=False)
    via = models.CharField(max_length=8, choices=Via, editable=False)
    body = models.TextField(max_length=LONGEST_BODY, blank=True, editable=False)
    event = models.CharField(max_length=16, choices=Event, blank=True, editable=False)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(side__in=Side.values), name="tickets_message_side"),
            models.CheckConstraint(condition=Q(via__in=Via.values), name="tickets_message_via"),
            models.CheckConstraint(
                condition=Q(side=Side.SYSTEM, event__in=Event.values, body="")
                | Q(event="", body__regex=r"\S") & ~Q(side=Side.SYSTEM),
                name="tickets_message_says_something",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("body"), LONGEST_BODY),
                name="tickets_message_length",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "ticket", "-created_at", "-id"], name="tickets_message_order"
            )
        ]
        ordering = ["created_at", "pk"]
        verbose_name = "message"

    def __str__(self) -> str:
        return f"{self.author}, {self.created_at:%Y-%m-%d %H:%M}"


class InternalNote(Fact):
    """What staff tell each other about a ticket. No role of a tenant may read it: by privilege."""

    ticket = models.ForeignKey(
        Ticket, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False,
        related_name="notes", editable=False,
    )  # fmt: skip
    author = models.CharField(max_length=200, editable=False)
    author_id = models.UUIDField(null=True, editable=False)
    body = models.TextField(max_length=LONGEST_BODY, editable=False)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(body__regex=r"\S") & Q(LessThanOrEqual(Length("body"), LONGEST_BODY)),
                name="tickets_internalnote_says_something",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "ticket", "created_at"], name="tickets_note_order")
        ]
        ordering = ["created_at", "pk"]
        verbose_name = "internal note"

    def __str__(self) -> str:
        return f"{self.author}, {self.created_at:%Y-%m-%d %H:%M}"
