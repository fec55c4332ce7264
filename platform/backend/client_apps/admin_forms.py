"""Forms of the staff admin's pages about client apps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
)

from backend.client_apps.errors import TooManyApps
from backend.client_apps.models import AppKey, ClientApp
from backend.common.abilities import ABILITIES, APP_SCOPES
from backend.common.admin import ModelForm
from backend.common.admin_actions import RowForm
from backend.services.errors import LimitReached


class Lifetime(forms.TypedChoiceField):
    """For how long a new key works, as days; empty for a key without an end."""

    widget = UnfoldAdminSelectWidget

    def __init__(self) -> None:
        super().__init__(
            label="The new key is valid for",
            choices=[(30, "30 days"), (90, "90 days"), (365, "a year"), ("", "as long as the app")],
            coerce=int,
            empty_value=None,
            initial=365,
            required=False,
        )


class ClientAppForm(ModelForm):
    scopes = forms.MultipleChoiceField(
        choices=[
            (scope, f"{scope}: {meaning}")
            for scope, meaning in ABILITIES.items()
            if scope in APP_SCOPES
        ],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        required=False,
        help_text="All that the app may do. Without any, its key opens nothing.",
    )

    def clean_scopes(self) -> list[str]:
        return sorted(self.cleaned_data["scopes"])


class AddClientAppForm(ClientAppForm):
    lifetime = Lifetime()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Only the portal has none, and it is registered by `create_portal_app`.
        self.fields["tenant"].required = True

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if tenant := self.cleaned_data.get("tenant"):
            try:
                # In the page's own transaction: nobody takes the last place before it is saved.
                ClientApp.require_room(tenant.pk)
            except (TooManyApps, LimitReached) as problem:
                self.add_error("tenant", str(problem.detail))
        return cleaned


class RotateForm(forms.Form):
    overlap_hours = forms.IntegerField(
        label="Hours that the old keys go on working",
        help_text="Time to put the new key in place everywhere. 0 stops the old ones at once.",
        min_value=0,
        max_value=30 * 24,
        initial=24,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    lifetime = Lifetime()


def moment(value: datetime | None) -> str | None:
    """As the lists write it; a page of one row would print it as it comes from the database."""
    return date_format(localtime(value), "DATETIME_FORMAT") if value else None


class KeyField(forms.ModelChoiceField):
    """Says of each key when it was made and last used: its first letters tell nobody enough."""

    def label_from_instance(self, obj: Any) -> str:
        used = moment(obj.last_used_at)
        return f"{obj}, made {moment(obj.created_at)}, {f'last used {used}' if used else 'unused'}"


class RevokeKeyForm(RowForm):
    key = KeyField(
        AppKey.objects.none(), empty_label="Choose a key", widget=UnfoldAdminSelectWidget
    )

    def __init__(self, data: Any, *, row: ClientApp) -> None:
        super().__init__(data, row=row)
        self.fields["key"].queryset = row.keys.usable()  # type: ignore[attr-defined]
