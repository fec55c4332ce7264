"""Numbers without gaps."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Kind(models.TextChoices):
    INVOICE = "invoice", "Invoice"
    CREDIT_NOTE = "credit-note", "Credit note"


_PREFIXES = {Kind.INVOICE: "", Kind.CREDIT_NOTE: "CN-"}


class NumberSeries(models.Model):
    """The last number of a kind of document in a year.

    A sequence would leave a gap at each rollback. The row is locked until the number's transaction
    ends, so that who comes second waits: take the number last.
    """

    kind = models.CharField(max_length=16, choices=Kind)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [
            models.UniqueConstraint(fields=["kind", "year"], name="billing_series_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="billing_series_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}: {self.last}"

    @classmethod
    def take(cls, kind: Kind, year: int, count: int = 1) -> list[tuple[int, str]]:
        """The next `count` of the series, and how they are written: ``[(7, "2026-00007")]``."""
        of_year = cls.objects.filter(kind=kind, year=year)
        if not of_year.update(last=F("last") + count):
            # The first of the year; a second one at the same time waits for its commit.
            NumberSeries.objects.bulk_create(
                [NumberSeries(kind=kind, year=year)], ignore_conflicts=True
            )
            of_year.update(last=F("last") + count)
        last = of_year.values_list("last", flat=True).get()
        return [(each, cls.written(kind, year, each)) for each in range(last - count + 1, last + 1)]

    @staticmethod
    def written(kind: Kind, year: int, sequence: int) -> str:
        return f"{_PREFIXES[kind]}{year}-{sequence:05d}"
