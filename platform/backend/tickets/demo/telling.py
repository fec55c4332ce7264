"""Carries the demo's tickets out, turn by turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone

from backend.billing.models import Invoice
from backend.common import files
from backend.common.actor import Actor
from backend.common.tenancy import tenant_scope
from backend.services.models import Service
from backend.tenants.models import Member, Tenant
from backend.tickets.demo.story import KIM, SAM, STAFF, Told, Turn
from backend.tickets.models import Department, Side, Via
from backend.tickets.workflows.assign_ticket import assign_ticket
from backend.tickets.workflows.check_attachment import check_attachment
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.end_silence import end_silence
from backend.tickets.workflows.merge_tickets import merge_tickets
from backend.tickets.workflows.open_ticket import Matter, open_ticket
from backend.tickets.workflows.store_attachment import store_attachment
from backend.tickets.workflows.write_message import mark_read, reopen_ticket, write_message
from backend.tickets.workflows.write_note import write_note

A_MOMENT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens at a moment."""

    at: datetime
    do: Callable[[], object]


class Telling:
    """One tenant's tickets, until today. Steps are carried out in the order of their moments."""

    def __init__(self, tenant: Tenant, story: Sequence[Told]) -> None:
        self.tenant = tenant
        self.story = story
        self.now = timezone.now()
        self.tickets: dict[str, UUID] = {}
        members = Member.objects.for_tenant(tenant.pk).current().select_related("person")
        self.people = {
            member.role: Actor("person", member.person.name, member.person_id, member.pk)
            for member in members.order_by("-pk")
        }
        self.sam = get_user_model().objects.filter(is_staff=True).order_by("pk").first()
        self.people |= {
            SAM: Actor.staff(self.sam) if self.sam else Actor.system(),
            # Has left since.
            KIM: Actor("staff", "Kim Berger"),
        }

    def steps(self) -> list[Step]:
        return [step for told in self.story for step in self._of(told)]

    def _of(self, told: Told) -> list[Step]:
        at = self.now - told.ago
        found = [Step(at, partial(self._open, told))]
        for turn in told.turns:
            at += timedelta(hours=turn.after)
            found.append(Step(at, partial(self._take, told, turn)))
        if not told.unread:
            read = Turn(0, told.who, "reads")
            found.append(Step(at + A_MOMENT, partial(self._take, told, read)))
        return found

    def _open(self, told: Told) -> None:
        by = self._who(told.who)
        matter = Matter(
            told.subject,
            Department.objects.get(key=told.department),
            told.priority,
            invoice_id=self._invoice(told.about),
            service_id=self._service() if told.about == "service" else None,
        )
        attachments = self._stored(told.files, by)
        with tenant_scope(self.tenant.pk):
            ticket, _ = open_ticket(
                self.tenant.pk, matter, body=told.body, by=by, via=Via.PORTAL,
                attachments=attachments,
            )  # fmt: skip
        self.tickets[told.subject] = ticket.pk
        self._check(attachments)

    def _take(self, told: Told, turn: Turn) -> None:
        tenant_id, ticket_id = self.tenant.pk, self.tickets[told.subject]
        by = self._who(turn.who)
        if turn.does in ("says", "reopens"):
            self._write(ticket_id, turn, by)
        elif turn.does == "notes":
            write_note(tenant_id, ticket_id, turn.text, by=by)
        elif turn.does == "takes":
            if turn.who == SAM and self.sam:
                assign_ticket(tenant_id, ticket_id, self.sam, by=by)
        elif turn.does == "closes":
            with self._scope(turn.who):
                close_ticket(tenant_id, ticket_id, by=by, reason=turn.text)
        elif turn.does == "merges":
            merge_tickets(tenant_id, ticket_id, self.tickets[turn.text], by=by)
        elif turn.does == "reads":
            with tenant_scope(tenant_id):
                self._read(ticket_id, by)
        else:
            list(end_silence())

    def _write(self, ticket_id: UUID, turn: Turn, by: Actor) -> None:
        is_staff = turn.who in STAFF
        side, via = (Side.STAFF, Via.ADMIN) if is_staff else (Side.CUSTOMER, Via.PORTAL)
        attachments = self._stored(turn.files, by)
        write = reopen_ticket if turn.does == "reopens" else write_message
        with self._scope(turn.who):
            write(
                self.tenant.pk, ticket_id, turn.text, side=side, by=by, via=via,
                attachments=attachments,
            )  # fmt: skip
        self._check(attachments)

    def _read(self, ticket_id: UUID, by: Actor) -> None:
        if by.id:
            mark_read(self.tenant.pk, ticket_id, by.id, until=timezone.now())

    def _scope(self, who: str) -> Any:
        """Members write as their tenant, staff as the owner of everything."""
        return nullcontext() if who in STAFF else tenant_scope(self.tenant.pk)

    def _who(self, who: str) -> Actor:
        """The platform itself, where nobody is that any more."""
        return self.people.get(who, Actor.system())

    def _stored(self, given: Sequence[tuple[str, bytes]], by: Actor) -> list[UUID]:
        """None where there is no place for files."""
        if not files.is_configured():
            return []
        stored = [
            store_attachment(self.tenant.pk, ContentFile(content, name), by=by)
            for name, content in given
        ]
        return [each.pk for each in stored]

    @staticmethod
    def _check(attachments: Sequence[UUID]) -> None:
        for attachment_id in attachments:
            check_attachment(attachment_id)

    def _invoice(self, about: str) -> UUID | None:
        invoices: Any = Invoice.objects.for_tenant(self.tenant.pk).issued().order_by("pk")
        found: dict[str, Invoice | None] = {
            "invoice": invoices.last(),
            "overdue": invoices.open().oldest_due_first().first(),
        }
        invoice = found.get(about)
        return invoice.pk if invoice else None

    def _service(self) -> UUID | None:
        plans: Any = Service.objects.for_tenant(self.tenant.pk).filter(is_addon=False)
        found: UUID | None = plans.order_by("pk").values_list("pk", flat=True).last()
        return found
