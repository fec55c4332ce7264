"""The base of every form that relays a command to the platform."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.api_client.errors import Conflict, Invalid, PlatformError, TooLarge

KEY_FIELD = "idempotency_key"
USABLE_KEY = re.compile(r"[\x21-\x7e]+")

ERROR_TEXTS: Mapping[str, str | Promise] = {
    "required": _("Please fill this in."),
    "blank": _("Please fill this in."),
    "null": _("Please fill this in."),
    "invalid": _("Please check this."),
    "max-length": _("This is too long."),
    "min-length": _("This is too short."),
    "invalid-choice": _("Please choose one of the options."),
    "unique": _("This is already in use."),
    "payload-too-large": _("This is too much at once. Please send less."),
    "limit-reached": _(
        "Your plan doesn’t include more of these. A larger plan, or an add-on, makes room: see "
        "Services."
    ),
    "idempotency-conflict": _(
        "This form was already sent once, with other content. Please check whether the first one "
        "did what you wanted before you send this."
    ),
}
ON_EVERY_FORM = frozenset({"idempotency-conflict", "limit-reached"})
"""Conflicts that any form can meet."""


def new_key() -> str:
    return secrets.token_urlsafe(24)


class LinesField(forms.CharField):
    """Text of several lines. Browsers end them with two characters, the platform with one."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        return text.replace("\r\n", "\n")


class RelayForm(forms.Form):
    """Checks shape only; the platform decides, and its objections land on the fields.

    Each rendering carries a random idempotency key: sending the same page twice does the thing
    once.
    """

    idempotency_key = forms.CharField(
        widget=forms.HiddenInput, initial=new_key, required=False, max_length=64
    )

    error_texts: Mapping[str, str | Promise] = {}
    """What to say for the platform's codes, beyond and before the usual texts."""

    field_names: Mapping[str, str] = {}
    """The form's name of a field, where the platform calls it otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            # Not yet a str: only the platform's first reply brings the visitor's language.
            each.error_messages["required"] = cast("str", ERROR_TEXTS["required"])

    @property
    def status(self) -> int:
        """The status of the page that shows the form: fine at first, 422 with errors on it."""
        return 422 if self.is_bound and self.errors else 200

    @property
    def key(self) -> str:
        """The idempotency key that the page was rendered with."""
        key: str = self.cleaned_data[KEY_FIELD]
        return key if USABLE_KEY.fullmatch(key) else new_key()

    @property
    def values(self) -> dict[str, Any]:
        """What the visitor entered, as the platform takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != KEY_FIELD}

    @contextmanager
    def relaying(self) -> Iterator[None]:
        """Puts what the platform objects to onto the form; everything else goes its way.

        A conflict stays on the form if there are words for it.

        ``with form.relaying(): ...; return see_other(…)`` falls through to rendering the form.
        """
        try:
            yield
        except (Invalid, TooLarge) as error:
            self.add_errors(error)
        except Conflict as error:
            if error.code not in {*ON_EVERY_FORM, *self.error_texts}:
                raise
            self.add_errors(error)
            self.renew_key()

    def add_errors(self, error: PlatformError) -> None:
        """The platform's objections, each on its field, or on the form when there is none."""
        for each in error.problem.errors:
            name = each.field.split(".")[0]
            name = self.field_names.get(name, name)
            visible = name in self.fields and name != KEY_FIELD
            self._add(name if visible else NON_FIELD_ERRORS, each.code, each.detail)
        if not error.problem.errors:
            self._add(NON_FIELD_ERRORS, error.code, error.problem.detail)

    def renew_key(self) -> None:
        """Lets the next sending count as another one."""
        data = cast("QueryDict", self.data).copy()
        data[self.add_prefix(KEY_FIELD)] = new_key()
        self.data = data

    def _add(self, field: str, code: str, detail: str) -> None:
        texts = {**ERROR_TEXTS, **self.error_texts}
        error = ValidationError(str(texts.get(code) or detail or texts["invalid"]), code=code)
        self.add_error(None if field == NON_FIELD_ERRORS else field, error)
