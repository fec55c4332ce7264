"""A way in several steps, and how far one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.template import Library
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.ui.components.choices import choose

StepState = Literal["done", "current", "waiting", "missing", "failed"]
StepsLayout = Literal["row", "column"]
ICONS = {
    "done": "check",
    "current": "loader-circle",
    "waiting": "circle-small",
    "missing": "pencil",
    "failed": "x",
}
SAID: dict[str, str | Promise] = {
    "done": _("Done"),
    "current": _("Now"),
    "waiting": _("To come"),
    "missing": _("Something is missing"),
    "failed": _("Failed"),
}

register = Library()


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    state: StepState
    url_name: str = ""
    """The page of a step that one can go to from here."""
    slug: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=[self.slug]) if self.url_name else ""

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def said(self) -> str:
        return str(SAID[self.state])


@register.simple_tag
def steps(items: Sequence[Step], label: str, *, layout: str = "row") -> str:
    """`row`: the pages of a form in several parts. `column`: work that goes on by itself."""
    choose("steps", "layout", layout, StepsLayout)
    return render_to_string(
        "ui/components/steps.html", {"items": items, "label": label, "layout": layout}
    )
