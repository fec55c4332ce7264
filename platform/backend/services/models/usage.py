"""How much of each limit a tenant used, day by day."""

from __future__ import annotations

from django.db import models

from backend.common.models import TenantOwned
from backend.services.models.plan import LimitName


class UsageRecord(TenantOwned):
    """The number at the end of one day: what is charged above a limit is counted from these."""

    name = models.CharField(max_length=32, choices=LimitName, editable=False)
    day = models.DateField(editable=False, help_text="In the tenant's time zone")
    value = models.PositiveBigIntegerField(editable=False)
    updated_at = None  # type: ignore[assignment] # a fact has no second version

    class Meta(TenantOwned.Meta):
        verbose_name = "usage"
        verbose_name_plural = "usage"
        ordering = ["-day", "name"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "name", "day"], name="services_usage_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()} on {self.day}: {self.value}"
