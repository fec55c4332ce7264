"""Services: what a tenant has subscribed to, at the price that it began at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final, Self

from django.db import models, transaction
from django.db.models import F, Q

from backend.audit.recording import About, record
from backend.common.actor import Actor
from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.common.transitions import Transition, TransitionRecord, change_state
from backend.services.models.plan import Interval, Plan, PlanPrice
from backend.services.periods import Period, period_from


class State(models.TextChoices):
    PENDING = "pending", "Pending"
    ACTIVE = "active", "Active"
    PAST_DUE = "past_due", "Past due"
    CANCELLED = "cancelled", "Cancelled"


# These give the tenant what the plan includes.
IN_USE: Final = (State.ACTIVE, State.PAST_DUE)
CURRENT: Final = (State.PENDING, *IN_USE)
PERIOD_FIELDS: Final = ("anchor_day", "period_start", "period_end")

TRANSITIONS: Final = {
    "activate": Transition({State.PENDING}, State.ACTIVE),
    "fall_due": Transition({State.ACTIVE}, State.PAST_DUE),
    "recover": Transition({State.PAST_DUE}, State.ACTIVE),
    "cancel": Transition(set(CURRENT), State.CANCELLED),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a service is sold as: copied into it, so that the catalogue may change.

    `overage_minor` has for each limit that can be exceeded the price of one unit above it.
    """

    plan: Plan
    currency: str
    interval: str
    amount_minor: int
    overage_minor: dict[str, int]

    @classmethod
    def of(cls, price: PlanPrice) -> Self:
        """The plan's present ones. Two queries, unless plan and overages were fetched."""
        return cls(
            plan=price.plan,
            currency=price.currency,
            interval=price.interval,
            amount_minor=price.amount_minor,
            overage_minor={each.name: each.unit_amount_minor for each in price.overages.all()},
        )

    def fields(self) -> dict[str, Any]:
        return {
            "plan": self.plan,
            "plan_name": self.plan.name,
            "is_addon": self.plan.is_addon,
            "currency": self.currency,
            "interval": self.interval,
            "amount_minor": self.amount_minor,
            "overage_minor": self.overage_minor,
        }


class ServiceQuerySet(TenantOwnedQuerySet):
    def current(self) -> Self:
        return self.filter(state__in=CURRENT)

    def in_use(self) -> Self:
        return self.filter(state__in=IN_USE)


class Service(TenantOwned):
    """A tenant's subscription to a plan or an add-on.

    What it was sold as is copied: name, price and prices above the limits stay when the plan's
    change. Without a period until it is active; then `[period_start, period_end)`, in days of the
    tenant's time zone, is what has been invoiced. `anchor_day` is the day of the month on which
    periods begin, where the month has it.
    """

    TRANSITIONS: ClassVar = TRANSITIONS

    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="services", editable=False, db_index=False
    )
    plan_name = models.CharField(max_length=60, editable=False)
    is_addon = models.BooleanField(editable=False)
    state = models.CharField(
        max_length=24, choices=State, default=State.PENDING, editable=False, db_index=False
    )
    currency = models.CharField(max_length=3, editable=False)
    interval = models.CharField(max_length=8, choices=Interval, editable=False)
    amount_minor = models.BigIntegerField(
        editable=False, help_text="For one interval, without tax, in the smallest unit"
    )
    overage_minor = models.JSONField(
        default=dict, editable=False, help_text="Limit → price of a unit above it, for one interval"
    )
    anchor_day = models.PositiveSmallIntegerField(null=True, editable=False)
    period_start = models.DateField(null=True, editable=False)
    period_end = models.DateField(null=True, editable=False, help_text="The first day after it")

    objects: ClassVar[Any] = ServiceQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(is_addon=False, state__in=CURRENT),
                name="services_service_one_plan",
            ),
            models.UniqueConstraint(
                fields=["tenant", "plan"],
                condition=Q(state__in=CURRENT),
                name="services_service_plan_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="services_service_state"
            ),
            models.CheckConstraint(
                condition=Q(interval__in=Interval.values), name="services_service_interval"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0), name="services_service_amount"
            ),
            models.CheckConstraint(
                condition=Q(
                    anchor_day__isnull=True, period_start__isnull=True, period_end__isnull=True
                )
                | Q(
                    anchor_day__gte=1,
                    anchor_day__lte=31,
                    period_start__isnull=False,
                    period_end__gt=F("period_start"),
                ),
                name="services_service_period",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=IN_USE) | Q(period_end__isnull=False),
                name="services_service_in_use_has_period",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-id"], name="services_service_newest"),
            # The billing run's way to what is due, over all tenants.
            models.Index(
                fields=["period_end", "tenant"],
                condition=Q(state__in=IN_USE),
                name="services_service_due",
            ),
        ]
        permissions = [
            ("activate_service", "Can activate a service before it is paid"),
            ("cancel_service", "Can cancel a service"),
        ]

    def __str__(self) -> str:
        return self.plan_name

    @property
    def about(self) -> About:
        return About("service", self.pk, self.plan_name)

    @property
    def period(self) -> Period | None:
        """What has been invoiced; None before the service is active."""
        if self.period_start is None or self.period_end is None:
            return None
        return Period(self.period_start, self.period_end)

    def next_period(self) -> Period:
        """The one after the present, of a service in use."""
        assert self.period_end
        assert self.anchor_day
        return period_from(self.period_end, self.interval, self.anchor_day)

    @classmethod
    def order(cls, tenant_id: Any, terms: Terms, *, by: Actor) -> Self:
        """A pending service. IntegrityError: the tenant has one that this can't be beside."""
        service = cls(tenant_id=tenant_id, **terms.fields())
        service.save(force_insert=True)
        record(
            "service.order",
            tenant_id=tenant_id,
            by=by,
            about=service.about,
            data={
                "interval": service.interval,
                "amount_minor": service.amount_minor,
                "currency": service.currency,
            },
        )
        return service

    @property
    def terms(self) -> Terms:
        """What it is sold as. One query, unless the plan was fetched."""
        return Terms(
            self.plan, self.currency, self.interval, self.amount_minor, dict(self.overage_minor)
        )

    def activate(self, day: date, *, by: Actor, reason: str = "") -> ServiceTransition:
        """Begins the first period on `day`."""
        period = period_from(day, self.interval, day.day)
        with transaction.atomic():
            # Before the state: a service in use has a period, says the database.
            self._set(anchor_day=day.day, period_start=period.start, period_end=period.end)
            return self._change("activate", by=by, reason=reason)

    def fall_due(self, *, by: Actor, reason: str = "") -> ServiceTransition:
        """An invoice for it is overdue."""
        return self._change("fall_due", by=by, reason=reason)

    def recover(self, *, by: Actor, reason: str = "") -> ServiceTransition:
        """What was overdue is paid."""
        return self._change("recover", by=by, reason=reason)

    def cancel(self, *, by: Actor, reason: str = "") -> ServiceTransition:
        """Ends it, now."""
        return self._change("cancel", by=by, reason=reason)

    def renew(self) -> Period:
        """Goes on to the next period, which the caller invoices in the same transaction."""
        period = self.go_on()
        self.save(update_fields=[*PERIOD_FIELDS, "updated_at"])
        return period

    def go_on(self, *, begins: date | None = None) -> Period:
        """`renew` without saving: who renews many saves their `PERIOD_FIELDS` at once.

        With `begins`, a later day than the period's end, the days in between aren't charged.
        """
        if begins:
            self.anchor_day = begins.day
            period = period_from(begins, self.interval, begins.day)
        else:
            period = self.next_period()
        self.period_start, self.period_end = period.start, period.end
        return period

    def switch_to(self, terms: Terms, *, begins: date | None = None) -> None:
        """Takes over other terms; with `begins` a new period begins on that day.

        The caller invoices the difference in the same transaction.
        """
        values = terms.fields()
        if begins:
            period = period_from(begins, terms.interval, begins.day)
            values |= {
                "anchor_day": begins.day,
                "period_start": period.start,
                "period_end": period.end,
            }
        self._set(**values)

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=[*values, "updated_at"])

    def _change(self, verb: str, *, by: Actor, reason: str) -> ServiceTransition:
        """Raises TransitionRefused. Needs the rights of the table's owner."""
        with transaction.atomic():
            changed = change_state(
                self,
                verb,
                by=by,
                reason=reason,
                record=ServiceTransition,
                about={"tenant_id": self.tenant_id, "service": self},
            )
            record(
                f"service.{verb}",
                tenant_id=self.tenant_id,
                by=by,
                about=self.about,
                data={
                    "from": changed.from_state,
                    "to": changed.to_state,
                    "reason": changed.reason,
                },
            )
        assert isinstance(changed, ServiceTransition)
        return changed


class ServiceTransition(TransitionRecord):
    """A change of a service's state, and who made it."""

    service = models.ForeignKey(
        Service,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="transitions",
        editable=False,
    )

    class Meta(TransitionRecord.Meta):
        verbose_name = "transition"
        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(
                fields=["tenant", "service", "-changed_at"], name="services_transition_order"
            )
        ]
