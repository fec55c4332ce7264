"""The operator, as it stands on invoices, and on which terms it sells."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from backend.billing.errors import SellerMissing

DAYS: Final = [MinValueValidator(1), MaxValueValidator(365)]
# What an invoice copies.
COPIED: Final = (
    "name", "street", "postcode", "city", "country", "vat_id", "registration", "email", "phone",
    "iban", "bic", "bank",
)  # fmt: skip


class Seller(models.Model):
    """One row. Invoices copy it when they are issued, so that a change is for later ones."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=200, help_text="The company")
    street = models.CharField(max_length=200, help_text="And number")
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    country = models.CharField(
        max_length=2,
        validators=[RegexValidator(r"^[A-Z]{2}$", "Two capital letters.")],
        help_text="ISO 3166-1, two letters: its standard rate is charged",
    )
    vat_id = models.CharField(
        "VAT id", max_length=20, help_text="With its country's letters, no spaces"
    )
    registration = models.CharField(
        max_length=100, blank=True, help_text="Register and number, as it must stand on letters"
    )
    email = models.EmailField(help_text="For questions about invoices")
    phone = models.CharField(max_length=40, blank=True)
    iban = models.CharField(
        "IBAN",
        max_length=34,
        validators=[RegexValidator(r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$", "No spaces.")],
        help_text="Where transfers go",
    )
    bic = models.CharField("BIC", max_length=11, blank=True)
    bank = models.CharField(max_length=100, blank=True)
    time_zone = models.CharField(
        max_length=64, default="Europe/Vienna", help_text="IANA name: it dates the invoices"
    )
    payment_days = models.PositiveSmallIntegerField(
        default=14, validators=DAYS, help_text="From the issue until it is due"
    )
    reminder_days = ArrayField(
        models.PositiveSmallIntegerField(validators=DAYS),
        default=list,
        blank=True,
        size=5,
        help_text="So many days after an invoice was due there is a reminder: 3, 10, 17",
    )
    suspension_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=DAYS,
        help_text="So many days after it was due the tenant is suspended. Empty: never",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "seller"
        verbose_name_plural = "seller"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="billing_seller_one")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def get(cls) -> Seller:
        """Raises SellerMissing: nothing can be invoiced before staff have said who sells."""
        found = cls.objects.first()
        if found is None:
            raise SellerMissing
        return found

    def today(self) -> date:
        return timezone.now().astimezone(ZoneInfo(self.time_zone)).date()

    def copy(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in COPIED}
