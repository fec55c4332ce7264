"""Forms about apps and their keys. What an app can be given is the platform's to decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.api_client.client_apps import Scope
from portal.client_apps.scopes import all_choices, choices_of
from portal.common.forms import RelayForm
from portal.ui.widgets import Choice, DescribedCheckboxes, DescribedRadios

REVOKED: Final = _("This app is revoked already.")
LASTS: Final = [
    (30, Choice(_("30 days"))),
    (90, Choice(_("90 days"))),
    (365, Choice(_("A year"))),
    (
        "",
        Choice(
            _("Until you end it"), _("Nothing to renew, but a key that gets lost stays dangerous.")
        ),
    ),
]
OVERLAPS: Final = [
    (24, Choice(_("For a day"), _("Enough to put the new key in its place."))),
    (7 * 24, Choice(_("For a week"), _("When somebody else has to do it."))),
    (1, Choice(_("For an hour"))),
    (0, Choice(_("Not at all"), _("When somebody has seen it who shouldn’t have."))),
]


class ScopesField(forms.MultipleChoiceField):
    """Several of the offered choices. Which there are is known only with the page's own call."""

    widget = DescribedCheckboxes

    def valid_value(self, value: str) -> bool:
        return True


class WholeNumberField(forms.TypedChoiceField):
    """One of a few numbers; the empty choice is None."""

    widget = DescribedRadios

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **kwargs)


def lasts_field(label: Any) -> WholeNumberField:
    return WholeNumberField(label=label, choices=LASTS, initial=365, required=False)


class AppForm(RelayForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("So that you know it again: Till, Website, Bookkeeping."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = ScopesField(label=_("What may it do?"))

    error_texts = {
        "unique": _("You have an app of this name already."),
        "empty": _("Please choose at least one."),
        "beyond-yours": _("You can’t give an app what you may not do yourself."),
        "app-revoked": REVOKED,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = self.fields["scopes"]
        scopes.choices = all_choices()  # type: ignore[attr-defined]
        # Not yet a str: only the platform's first reply brings the visitor's language.
        scopes.error_messages["required"] = self.error_texts["empty"]  # type: ignore[assignment]

    def offer(self, available: Iterable[Scope], kept: Collection[str] = ()) -> None:
        """Shows what can be given, and what the app has already."""
        self.fields["scopes"].choices = choices_of(available, kept)  # type: ignore[attr-defined]


class NewAppForm(AppForm):
    expires_in_days = lasts_field(_("How long does the key work?"))

    error_texts = {
        **AppForm.error_texts,
        "too-many-apps": _("You have 50 apps, which is as many as there can be. Revoke one first."),
    }


class RotateForm(RelayForm):
    overlap_hours = WholeNumberField(
        label=_("How long does the old key go on working?"), choices=OVERLAPS, initial=24
    )
    expires_in_days = lasts_field(_("How long does the new key work?"))

    error_texts = {
        "app-revoked": REVOKED,
        "too-many-app-keys": _(
            "10 keys of this app work at the moment, which is as many as can. Revoke one first."
        ),
    }
