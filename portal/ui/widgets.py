"""Choices that say more than their label, in groups where there are many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Choice:
    """What a choice is called, and a sentence about it."""

    label: str | Promise
    more: str | Promise = ""

    def __str__(self) -> str:
        return str(self.label)


class DescribedCheckboxes(forms.CheckboxSelectMultiple):
    """Takes choices whose labels are a `Choice`, in groups or not."""

    template_name = "ui/widgets/described_choices.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"columns": "many"}


class DescribedRadios(forms.RadioSelect):
    """One of a few, each with its sentence."""

    template_name = "ui/widgets/described_choices.html"
