"""The operator's catalogue: plans, what they cost, and the limits that make them differ."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from backend.common.identifiers import new_id
from backend.common.money import written

KEY = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Interval(models.TextChoices):
    MONTH = "month", "Monthly"
    YEAR = "year", "Yearly"


class LimitName(models.TextChoices):
    """What a plan can limit. Who adds one also counts it: see `backend.services.usage`."""

    MEMBERS = "members", "Members"
    CLIENT_APPS = "client_apps", "Client apps"
    CUSTOMERS = "customers", "Customers"
    OPEN_TICKETS = "open_tickets", "Open tickets"
    API_REQUESTS = "api_requests_per_minute", "API requests a minute"


# What a tenant has a number of at any time. The others are rates.
COUNTABLE: Final = (
    LimitName.MEMBERS,
    LimitName.CLIENT_APPS,
    LimitName.CUSTOMERS,
    LimitName.OPEN_TICKETS,
)


class PlanQuerySet(models.QuerySet[Any]):
    def offered(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class Plan(models.Model):
    """What can be subscribed to. Global: nothing in it is any tenant's.

    A tenant has one plan, and any number of add-ons, whose limits are added to the plan's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(
        max_length=50,
        unique=True,
        validators=[RegexValidator(KEY, "Use small letters, digits and single hyphens.")],
        help_text="The name in the API; it never changes",
    )
    name = models.CharField(max_length=60, unique=True)
    summary = models.CharField(max_length=200, blank=True, help_text="For whom it is, in English")
    summary_de = models.CharField(
        "summary in German", max_length=200, blank=True, help_text="Empty: the English one is shown"
    )
    is_addon = models.BooleanField(default=False, help_text="Comes on top of a plan")
    is_default = models.BooleanField(
        default=False, help_text="Its limits hold for who has subscribed to nothing"
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="From 0, the smallest first")
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when it isn't offered any more"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["is_addon", "position", "name"]
        permissions = [("withdraw_plan", "Can withdraw a plan, and offer it again")]
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=KEY), name="services_plan_key"),
            models.CheckConstraint(condition=~Q(name=""), name="services_plan_name"),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="services_plan_one_default",
                violation_error_message="Another plan is the default already.",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_addon=False),
                name="services_plan_default_no_addon",
                violation_error_message="An add-on can't be the default.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def summary_in(self, language: str) -> str:
        """What is said of it, in the reader's language where there is a text in it."""
        return (self.summary_de if language == "de" else "") or self.summary


class PlanPrice(models.Model):
    """What a plan costs for one interval, without tax. Services keep the price that they began at.

    No row: the plan can't be had in that currency for that interval.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3, help_text="ISO 4217, three letters")
    interval = models.CharField(max_length=8, choices=Interval)
    amount_minor = models.BigIntegerField(
        "amount", help_text="For one interval, without tax, in the currency's smallest unit"
    )

    class Meta:
        ordering = ["currency", "interval"]
        verbose_name = "price"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "currency", "interval"], name="services_price_once"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="services_price_currency"
            ),
            models.CheckConstraint(
                condition=Q(interval__in=Interval.values), name="services_price_interval"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, amount_minor__lte=10**11),
                name="services_price_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{written(self.amount_minor, self.currency)} {self.get_interval_display()}"


class PlanLimit(models.Model):
    """How much of something a plan includes. No row: as much as one likes.

    With a price for what is above (`PlanOverage`) it isn't the end: it is paid for.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="limits")
    name = models.CharField(max_length=32, choices=LimitName)
    value = models.PositiveBigIntegerField(help_text="An add-on's is added to the plan's")

    class Meta:
        ordering = ["name"]
        verbose_name = "limit"
        constraints = [
            models.UniqueConstraint(fields=["plan", "name"], name="services_limit_once"),
            models.CheckConstraint(
                condition=Q(name__in=LimitName.values), name="services_limit_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()}: {self.value}"


class PlanOverage(models.Model):
    """What each unit above a limit costs, without tax, for one interval of the price.

    Charged after the interval, for the most that there was at the end of one of its days.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    price = models.ForeignKey(PlanPrice, on_delete=models.CASCADE, related_name="overages")
    name = models.CharField(max_length=32, choices=LimitName)
    unit_amount_minor = models.BigIntegerField(
        "amount", help_text="For each unit and interval, without tax, in the smallest unit"
    )

    class Meta:
        ordering = ["name"]
        verbose_name = "price above the limit"
        verbose_name_plural = "prices above the limits"
        constraints = [
            models.UniqueConstraint(fields=["price", "name"], name="services_overage_once"),
            models.CheckConstraint(
                condition=Q(name__in=COUNTABLE),
                name="services_overage_name",
                violation_error_message="What is counted by the minute can't be paid for.",
            ),
            models.CheckConstraint(
                condition=Q(unit_amount_minor__gte=0, unit_amount_minor__lte=10**9),
                name="services_overage_amount",
            ),
        ]

    def __str__(self) -> str:
        return self.get_name_display()
