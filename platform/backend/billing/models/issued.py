"""What invoices and credit notes have in common."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from backend.billing.amounts import LineAmounts, LineFacts, line_amounts
from backend.common.models import TenantOwned


class TaxCategory(models.TextChoices):
    """How the buyer is taxed, in the codes of UNTDID 5305 that e-invoices use."""

    STANDARD = "S", "Standard rate"
    REVERSE_CHARGE = "AE", "Reverse charge: the buyer owes the tax"
    OUTSIDE = "O", "Outside the scope of VAT"


class Unit(models.TextChoices):
    """In the codes of UN/ECE recommendation 20 that e-invoices use."""

    PIECE = "C62", "Piece"
    MONTH = "MON", "Month"
    YEAR = "ANN", "Year"
    HOUR = "HUR", "Hour"


class IssuedDocument(TenantOwned):
    """What invoices and credit notes have in common. All of it is frozen at issue.

    `seller` and `buyer` are copies, as they were on that day; see `Seller.COPIED` and
    `parties.buyer_of`.
    """

    number = models.CharField(max_length=24, blank=True, default="", editable=False)
    sequence = models.PositiveIntegerField(null=True, editable=False, help_text="Within its year")
    issued_on = models.DateField(null=True, editable=False)
    issued_at = models.DateTimeField(null=True, editable=False)
    currency = models.CharField(max_length=3, editable=False)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, editable=False)
    seller = models.JSONField(default=dict, editable=False)
    buyer = models.JSONField(default=dict, editable=False)
    tax_category = models.CharField(max_length=2, choices=TaxCategory, editable=False)
    net_minor = models.BigIntegerField(default=0, editable=False)
    tax_minor = models.BigIntegerField(default=0, editable=False)
    total_minor = models.BigIntegerField(default=0, editable=False)

    class Meta(TenantOwned.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.number or "Draft"


class DocumentLine(TenantOwned):
    """One line. `net_minor` and `tax_minor` follow from the other figures: see `amounts`."""

    position = models.PositiveSmallIntegerField(editable=False, help_text="From 1")
    description = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    unit = models.CharField(max_length=3, choices=Unit, default=Unit.PIECE)
    unit_price_minor = models.BigIntegerField(
        "unit price", help_text="Without tax, in the currency's smallest unit"
    )
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, editable=False)
    net_minor = models.BigIntegerField(editable=False)
    tax_minor = models.BigIntegerField(editable=False)

    class Meta(TenantOwned.Meta):
        abstract = True
        ordering: ClassVar[list[str]] = ["position"]

    def __str__(self) -> str:
        return self.description

    @property
    def facts(self) -> LineFacts:
        return LineFacts(self.quantity, self.unit_price_minor, self.tax_percent)

    @property
    def amounts(self) -> LineAmounts:
        """As stored."""
        return LineAmounts(self.net_minor, self.tax_minor)

    def calculate(self) -> None:
        """Sets the amounts from the facts."""
        amounts = line_amounts(self.facts)
        self.net_minor, self.tax_minor = amounts.net_minor, amounts.tax_minor
