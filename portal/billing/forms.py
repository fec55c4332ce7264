"""Narrowing lists down, choosing how to pay, and the sandbox's card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.billing.words import METHODS
from portal.common.forms import RelayForm
from portal.ui.widgets import DescribedRadios

NOT_A_DAY: Final = _("This isn’t a day.")
SEPARATORS: Final = re.compile(r"[\s-]+")


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": NOT_A_DAY},
    )


class PeriodForm(forms.Form):
    """Of the address: invoices issued from a day on, until a day."""

    since = day_field(_("Issued from"))
    until = day_field(_("until"))

    def clean(self) -> None:
        super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))

    def chosen(self, name: str) -> str:
        """The day as the platform takes it, or nothing."""
        value = self.cleaned_data.get(name) if self.is_valid() else None
        return value.isoformat() if value else ""


class AsOfForm(forms.Form):
    """Of the address: the account as it stood at the end of a day."""

    as_of = day_field(_("As of"))

    def chosen(self) -> str:
        value = self.cleaned_data.get("as_of") if self.is_valid() else None
        return value.isoformat() if value else ""


class PayForm(RelayForm):
    method = forms.ChoiceField(label=_("How would you like to pay?"), widget=DescribedRadios)

    error_texts = {
        "gateway-failed": _(
            "The payment provider can’t be reached just now. Nothing was charged. Please try again "
            "in a few minutes, or pay another way."
        ),
        "method-not-offered": _("This way of paying isn’t offered. Please choose another."),
        "seller-missing": _("Nothing can be paid here yet. Please write to support."),
    }

    def __init__(self, *args: Any, methods: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each, METHODS[each]) for each in METHODS if each in methods]
        method: Any = self.fields["method"]
        method.choices = choices
        method.initial = choices[0][0] if choices else ""


class NeverEchoed(forms.TextInput):
    """What is typed into it is never sent back to the page."""

    def format_value(self, value: Any) -> None:
        return None


class CardForm(RelayForm):
    number = forms.CharField(
        label=_("Card number"),
        max_length=30,
        widget=NeverEchoed(
            {
                "autocomplete": "cc-number",
                "inputmode": "numeric",
                "placeholder": "4242 4242 4242 4242",
                "spellcheck": "false",
            }
        ),
    )
    expiry = forms.CharField(
        label=_("Valid until"),
        max_length=7,
        widget=NeverEchoed(
            {"autocomplete": "cc-exp", "inputmode": "numeric", "placeholder": "MM/YY"}
        ),
    )
    cvc = forms.CharField(
        label=_("Security code"),
        max_length=4,
        widget=NeverEchoed(
            {"autocomplete": "cc-csc", "inputmode": "numeric", "placeholder": "123"}
        ),
    )

    error_texts = {
        "unknown-card": _("Only the test cards below work here."),
        "expired": _("This card has expired."),
        "invalid": _("Please check this."),
    }

    def clean_number(self) -> str:
        number: str = SEPARATORS.sub("", self.cleaned_data["number"])
        if not number.isascii() or not number.isdigit():
            raise forms.ValidationError(_("A card number has digits only."), code="digits")
        return number

    def clean_expiry(self) -> str:
        expiry: str = self.cleaned_data["expiry"].replace(" ", "")
        if not re.fullmatch(r"(0[1-9]|1[0-2])/(20)?\d\d", expiry):
            raise forms.ValidationError(_("Please write it as on the card: 04/29."), code="form")
        return expiry

    def clean_cvc(self) -> str:
        cvc: str = self.cleaned_data["cvc"]
        if not re.fullmatch(r"[0-9]{3,4}", cvc):
            raise forms.ValidationError(_("These are three or four digits."), code="form")
        return cvc
