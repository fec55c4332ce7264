"""Tickets: what a tenant asks the operator, and whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from django.db import connection, models
from django.db.models import Q

from backend.audit.recording import About, record
from backend.common.actor import Actor
from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.common.transitions import Transition, TransitionRecord, change_state
from backend.tickets.models.department import Department, Priority

LONGEST_SUBJECT: Final = 150
CONTROL_CHARACTERS: Final = r"[\u0001-\u001F\u007F]"


class State(models.TextChoices):
    OPEN = "open", "Open"
    AWAITING_STAFF = "awaiting_staff", "Awaiting us"
    AWAITING_CUSTOMER = "awaiting_customer", "Awaiting the customer"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Reopened"


# Somebody waits for the operator's answer, and a service level says how long.
STAFFS_TURN: Final = (State.OPEN, State.AWAITING_STAFF, State.REOPENED)
UNFINISHED: Final = (*STAFFS_TURN, State.AWAITING_CUSTOMER)

TRANSITIONS: Final = {
    "answer": Transition(set(STAFFS_TURN), State.AWAITING_CUSTOMER),
    "ask": Transition({State.AWAITING_CUSTOMER}, State.AWAITING_STAFF),
    "close": Transition(set(UNFINISHED), State.CLOSED),
    "reopen": Transition({State.CLOSED}, State.REOPENED),
}


class Side(models.TextChoices):
    """Who speaks: the tenant's people and apps, the operator's, or the platform by itself."""

    CUSTOMER = "customer", "Customer"
    STAFF = "staff", "Staff"
    SYSTEM = "system", "System"


class TicketQuerySet(TenantOwnedQuerySet):
    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)

    def opened_by_person(self, person_id: UUID) -> Self:
        return self.filter(opened_by_kind="person", opened_by_id=person_id)


class Ticket(TenantOwned):
    """One matter between a tenant and the operator.

    `number` counts the tenant's tickets from 1. `waiting_since` is the earliest message that staff
    haven't answered, and `answer_due_at` when they should have: both only while it is their turn.
    `close_announced_at` is when the ticket said that it will close for silence. A merged ticket
    is closed, and what is written goes to `merged_into`.
    """

    TRANSITIONS: ClassVar = TRANSITIONS

    number = models.PositiveIntegerField(editable=False)
    subject = models.CharField(max_length=LONGEST_SUBJECT, editable=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", editable=False
    )
    priority = models.CharField(max_length=8, choices=Priority, editable=False, db_index=False)
    state = models.CharField(
        max_length=24, choices=State, default=State.OPEN, editable=False, db_index=False
    )
    opened_by = models.CharField(max_length=200, editable=False, help_text="The name as it was")
    opened_by_kind = models.CharField(max_length=8, editable=False)
    opened_by_id = models.UUIDField(null=True, editable=False)
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.DO_NOTHING, null=True, db_constraint=False,
        db_index=False, related_name="+", editable=False,
    )  # fmt: skip
    service = models.ForeignKey(
        "services.Service", on_delete=models.DO_NOTHING, null=True, db_constraint=False,
        db_index=False, related_name="+", editable=False,
    )  # fmt: skip
    merged_into = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, null=True, db_constraint=False,
        db_index=False, related_name="merged", editable=False,
    )  # fmt: skip
    last_message_at = models.DateTimeField(editable=False)
    last_message_side = models.CharField(max_length=8, choices=Side, editable=False)
    waiting_since = models.DateTimeField(null=True, editable=False)
    answer_due_at = models.DateTimeField(null=True, editable=False)
    close_announced_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[Any] = TicketQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "number"], name="tickets_ticket_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="tickets_ticket_counts_from_1"),
            models.CheckConstraint(
                condition=Q(subject__regex=r"\S") & ~Q(subject__regex=CONTROL_CHARACTERS),
                name="tickets_ticket_subject",
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="tickets_ticket_priority"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="tickets_ticket_state"
            ),
            models.CheckConstraint(
                condition=Q(last_message_side__in=Side.values), name="tickets_ticket_side"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=STAFFS_TURN,
                    waiting_since__isnull=False,
                    answer_due_at__isnull=False,
                )
                | Q(waiting_since__isnull=True, answer_due_at__isnull=True)
                & ~Q(state__in=STAFFS_TURN),
                name="tickets_ticket_somebody_waits",
            ),
            models.CheckConstraint(
                condition=Q(close_announced_at__isnull=True) | Q(state=State.AWAITING_CUSTOMER),
                name="tickets_ticket_announced_in_silence",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state=State.CLOSED),
                name="tickets_ticket_merged_is_closed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "-last_message_at", "-id"], name="tickets_ticket_by_activity"
            ),
            models.Index(
                fields=["tenant", "state", "-last_message_at", "-id"],
                name="tickets_ticket_by_state",
            ),
            # Few among the many that are closed.
            models.Index(
                fields=["tenant", "-last_message_at", "-id"],
                condition=Q(state__in=UNFINISHED),
                name="tickets_ticket_unfinished",
            ),
            models.Index(
                fields=["tenant", "-last_message_at", "-id"],
                condition=Q(waiting_since__isnull=False),
                name="tickets_ticket_waiting",
            ),
            models.Index(
                fields=["tenant", "opened_by_id", "-last_message_at", "-id"],
                name="tickets_ticket_by_opener",
            ),
            # Few of the many may be of a department, or go on.
            models.Index(
                fields=["tenant", "department", "-last_message_at", "-id"],
                name="tickets_ticket_by_department",
            ),
            models.Index(
                fields=["tenant", "opened_by_id", "department", "-last_message_at", "-id"],
                name="tickets_ticket_own_department",
            ),
            models.Index(
                fields=["tenant", "opened_by_id", "-last_message_at", "-id"],
                condition=Q(state__in=UNFINISHED),
                name="tickets_ticket_own_unfinished",
            ),
            models.Index(
                fields=["tenant", "merged_into"],
                condition=Q(merged_into__isnull=False),
                name="tickets_ticket_merged",
            ),
            # Staff look across tenants: what is due first, and what has been silent for long.
            models.Index(
                fields=["answer_due_at", "id"],
                condition=Q(answer_due_at__isnull=False),
                name="tickets_ticket_by_due",
            ),
            models.Index(
                fields=["last_message_at", "id"],
                condition=Q(state=State.AWAITING_CUSTOMER),
                name="tickets_ticket_by_silence",
            ),
            models.Index(fields=["-last_message_at", "-id"], name="tickets_ticket_newest"),
        ]
        ordering = ["-last_message_at", "-pk"]
        verbose_name = "ticket"
        permissions = [
            ("reply_ticket", "Can reply in a ticket"),
            ("note_ticket", "Can write internal notes"),
            ("assign_ticket", "Can assign a ticket"),
            ("close_ticket", "Can close and reopen a ticket"),
            ("merge_ticket", "Can merge tickets"),
            ("route_ticket", "Can change a ticket's department and priority"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    @property
    def is_staffs_turn(self) -> bool:
        return self.state in STAFFS_TURN

    def hear(self, side: str, at: datetime, *, due: datetime, by: Actor) -> None:
        """A message was added. Whose turn it is follows from who spoke; system messages change
        nothing. `due` is when staff should answer, if this is what they are waited for.

        The row is locked already. Raises TransitionRefused in a closed ticket.
        """
        self.last_message_at, self.last_message_side = at, side
        spoken = ("last_message_at", "last_message_side")
        if side == Side.SYSTEM:
            self.save(update_fields=[*spoken, "updated_at"])
            return
        self.close_announced_at = None
        verb = {
            (Side.STAFF, True): "answer",
            (Side.CUSTOMER, False): "ask",
        }.get((Side(side), self.is_staffs_turn))
        if verb is None:
            self.save(update_fields=[*spoken, "close_announced_at", "updated_at"])
            return
        self.waiting_since, self.answer_due_at = (at, due) if verb == "ask" else (None, None)
        self._change(verb, by=by, also=(*spoken, "close_announced_at", *WAITING))

    def announce_closing(self, at: datetime) -> None:
        """It will close unless somebody writes, says its last message. The row is locked."""
        self.close_announced_at = at
        self.save(update_fields=["close_announced_at", "updated_at"])

    def close(self, *, by: Actor, reason: str = "") -> None:
        """Raises TransitionRefused if it is closed already."""
        self.waiting_since = self.answer_due_at = self.close_announced_at = None
        self._change("close", by=by, reason=reason, also=(*WAITING, "close_announced_at"))

    def merge(self, into: Ticket, *, by: Actor) -> None:
        """Closes it in favour of another one of the tenant's. Both rows are locked already."""
        self.merged_into = into
        self.waiting_since = self.answer_due_at = self.close_announced_at = None
        self._change(
            "close",
            by=by,
            reason=f"Merged into #{into.number}",
            also=(*WAITING, "close_announced_at", "merged_into"),
            action="ticket.merge",
        )

    def reopen(self, *, at: datetime, due: datetime, by: Actor) -> None:
        """Staff are waited for from `at` on. Raises TransitionRefused if it isn't closed."""
        self.waiting_since, self.answer_due_at = at, due
        self._change("reopen", by=by, also=WAITING)

    def about(self) -> About:
        """How the audit trail names it."""
        return About("ticket", self.pk, f"#{self.number}")

    def _change(
        self,
        verb: str,
        *,
        by: Actor,
        reason: str = "",
        also: Sequence[str] = (),
        action: str = "",
    ) -> None:
        changed = change_state(
            self,
            verb,
            by=by,
            reason=reason,
            record=TicketTransition,
            about={"tenant_id": self.tenant_id, "ticket": self},
            also=also,
        )
        if verb in ON_RECORD:
            record(
                action or f"ticket.{verb}",
                tenant_id=self.tenant_id,
                by=by,
                about=self.about(),
                data={"reason": changed.reason} if changed.reason else {},
            )


WAITING: Final = ("waiting_since", "answer_due_at")
# Whose turn it is changes with every message, which is itself a fact: only these are events.
ON_RECORD: Final = frozenset({"close", "reopen"})


class TicketTransition(TransitionRecord):
    """A change of a ticket's state."""

    ticket = models.ForeignKey(
        Ticket, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False,
        related_name="transitions", editable=False,
    )  # fmt: skip

    class Meta(TransitionRecord.Meta):
        indexes = [
            models.Index(fields=["tenant", "ticket", "changed_at"], name="tickets_transition_order")
        ]
        ordering = ["changed_at", "pk"]
        verbose_name = "transition"


class TicketCounter(models.Model):
    """The last number that a tenant's tickets were given. Whoever opens one waits for the row."""

    tenant = models.OneToOneField(
        "tenants.Tenant", on_delete=models.RESTRICT, primary_key=True, editable=False,
        related_name="+",
    )  # fmt: skip
    last_number = models.PositiveIntegerField(editable=False)

    objects: ClassVar[Any] = TenantOwnedQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.last_number)

    @classmethod
    def next_number(cls, tenant_id: UUID) -> int:
        """One more than the last one, for this transaction alone until it ends."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tickets_ticketcounter AS counter (tenant_id, last_number) "
                "VALUES (%s, 1) ON CONFLICT (tenant_id) DO UPDATE "
                "SET last_number = counter.last_number + 1 RETURNING last_number",
                [tenant_id],
            )
            return int(cursor.fetchone()[0])
