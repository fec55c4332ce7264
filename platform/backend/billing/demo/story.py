"""What the stories of the demo tenants are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import ClassVar, Final

from django.contrib.auth import get_user_model
from django.utils import timezone

from backend.billing.gateways.sandbox import Card, event_of, notification_of
from backend.billing.models import Invoice, Payment
from backend.billing.runs.renew import renew_services
from backend.billing.runs.when import When
from backend.billing.workflows.receive_notification import receive_notification
from backend.billing.workflows.take_payment import announce_payment, confirm_payment
from backend.common.actor import Actor
from backend.tenants.models import Member, Role, Tenant

# Every month has it, so that months can be counted back.
LAST_DAY: Final = 28


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens at a moment."""

    at: datetime
    do: Callable[[], object]


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=UTC)


class Story:
    """One tenant's past, until today. Its steps are carried out in the order of their moments."""

    slug: ClassVar[str]

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.today = timezone.now().date()
        self.owner = self._member(Role.OWNER)
        people = get_user_model().objects.filter(is_staff=True).order_by("pk")
        staff = people.first()
        self.staff = Actor.staff(staff) if staff else Actor.system()

    def steps(self) -> list[Step]:
        raise NotImplementedError

    def renew(self) -> None:
        renew_services([self.tenant.pk], When(timezone.now()))

    def open_invoices(self) -> list[Invoice]:
        return list(Invoice.objects.for_tenant(self.tenant.pk).open().oldest_due_first())

    def pay_by_card(self, by: Actor, card: Card = Card.ACCEPTED) -> None:
        """All that is due."""
        payment = announce_payment(self.tenant.pk, self.open_invoices(), "card", by=by)
        receive_notification(notification_of(event_of(payment, card)))

    def announce_transfer(self, by: Actor) -> None:
        announce_payment(self.tenant.pk, self.open_invoices(), "transfer", by=by)

    def confirm_transfer(self, amount_minor: int | None = None) -> None:
        """The one that was announced last, as staff do it."""
        payment = Payment.objects.for_tenant(self.tenant.pk).pending().latest("pk")
        confirm_payment(
            payment,
            by=self.staff,
            gateway_reference=f"{timezone.now():%Y%m%d} {payment.reference}",
            amount_minor=amount_minor,
        )

    def _member(self, role: Role) -> Actor:
        """Who acts as that; the platform itself where nobody does any more."""
        members = Member.objects.for_tenant(self.tenant.pk).current().filter(role=role)
        member = members.select_related("person").order_by("pk").first()
        if member is None:
            return Actor.system()
        return Actor("person", member.person.name, member.person_id, member.pk)
