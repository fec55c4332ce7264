"""The rates at which a tenant's sales are taxed."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from backend.common.models import TenantOwned


class TaxRate(TenantOwned):
    """A rate by the name that stands on receipts. Set-up gives a tenant those of its country."""

    name = models.CharField(max_length=60)
    percent = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    is_default = models.BooleanField(default=False, help_text="What a new product is taxed at")
    position = models.PositiveSmallIntegerField(help_text="From 0, in lists")

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name"], name="tenants_taxrate_name"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_default=True), name="tenants_taxrate_one_default"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="tenants_taxrate_percent"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="tenants_taxrate_named"),
        ]
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return f"{self.name} {self.percent} %"
