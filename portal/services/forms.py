"""Subscribing, changing the plan, and ending it. What it costs, the platform says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.api_client.services import Service
from portal.common.forms import LinesField, RelayForm
from portal.services.words import INTERVALS
from portal.ui.components.formats import day
from portal.ui.widgets import Choice, DescribedRadios

NOT_SELLING = _("Nothing can be ordered here yet. Please write to support: it’s on our side.")


class SubscribeForm(RelayForm):
    interval = forms.ChoiceField(choices=INTERVALS.items(), widget=forms.HiddenInput)

    error_texts = {
        "already-subscribed": _("You have this already. You can change it under Services."),
        "plan-needed": _("This comes on top of a plan. Please choose a plan first."),
        "seller-missing": NOT_SELLING,
    }


class ChangePlanForm(RelayForm):
    plan = forms.SlugField(max_length=50, widget=forms.HiddenInput)
    interval = forms.ChoiceField(choices=INTERVALS.items(), widget=forms.HiddenInput)
    total_minor = forms.IntegerField(widget=forms.HiddenInput)

    error_texts = {
        "quote-changed": _(
            "The difference isn’t what it was when you opened this page. Please look once more."
        ),
        "seller-missing": NOT_SELLING,
    }


class CancelForm(RelayForm):
    at = forms.ChoiceField(label=_("When should it end?"), widget=DescribedRadios)
    reason = LinesField(
        label=_("Why?"),
        max_length=500,
        required=False,
        help_text=_("It helps us to do better. Nobody will try to talk you out of it."),
        widget=forms.Textarea({"rows": 3, "cols": 40}),
    )

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = _endings(service)
        at: Any = self.fields["at"]
        at.choices = choices
        at.initial = choices[0][0]


def _endings(service: Service) -> list[tuple[str, Choice]]:
    """The ways in which it can end, the mildest first."""
    if service.period_end is None:
        return [
            (
                "now",
                Choice(
                    gettext("At once"),
                    gettext("It hasn’t begun yet: its invoice becomes void, and you owe nothing."),
                ),
            )
        ]
    now = (
        "now",
        Choice(
            gettext("At once"),
            gettext(
                "What it includes is gone at once, and there is no money back for the rest of the "
                "period. Invoices that are due stay due."
            ),
        ),
    )
    if service.planned and service.planned.kind == "cancellation":
        return [now]
    at_the_end = (
        "period-end",
        Choice(
            gettext("At the end of the period, on %(day)s") % {"day": day(service.period_end)},
            gettext(
                "Until then everything stays as it is. No further invoice comes, and you can "
                "change your mind until that day."
            ),
        ),
    )
    return [at_the_end, now]
