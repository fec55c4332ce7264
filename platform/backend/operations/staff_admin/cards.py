"""What the start page is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.urls import reverse


@dataclass(frozen=True)
class Figure:
    """One card: `notes` are the quiet words under the number."""

    title: str
    icon: str
    value: str
    notes: tuple[str, ...]
    address: str


@dataclass(frozen=True)
class Bar:
    """A day in the chart of sign-ups; `height` is in percent of the best day."""

    day: date
    count: int
    height: int

    @property
    def top(self) -> int:
        return 100 - self.height


@dataclass(frozen=True)
class Pair:
    """Two figures of the same time, beside each other; heights are in percent of the highest."""

    day: date
    label: str
    spoken: str
    first_height: int
    second_height: int

    @property
    def first_top(self) -> int:
        return 100 - self.first_height

    @property
    def second_top(self) -> int:
        return 100 - self.second_height


@dataclass(frozen=True)
class PairChart:
    """`key` tells it from the page's other ones; `names` are of the first and the second."""

    key: str
    title: str
    names: tuple[str, str]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Attention:
    text: str
    address: str


def list_of(model: type[models.Model], query: str = "") -> str:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{query}" if query else address
