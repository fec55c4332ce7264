"""Amounts in the forms of the staff admin: typed as 49.00, stored in the smallest unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from django import forms
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from backend.common.money import DIGITS, TooFine, as_decimal, as_minor, written

if TYPE_CHECKING:
    _Form = forms.Form
else:
    _Form = object


NBSP: Final = "\N{NO-BREAK SPACE}"


class MoneyField(forms.DecimalField):
    """To stand on a form with `Priced`, which knows the currency."""

    widget = UnfoldAdminDecimalFieldWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 13, "decimal_places": 2, **options})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A plain input for numbers: without arrows that would change an amount by the way."""
        return {"inputmode": "decimal", "autocomplete": "off"}


class Priced(_Form):
    """To be mixed in before a form: what its `MoneyField`s come to is in `in_currency()`'s units.

    Their initial values are in the smallest unit too.
    """

    def in_currency(self) -> str:
        """Empty as long as it isn't known: then the form has another error."""
        raise NotImplementedError

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        value = super().get_initial_for_field(field, field_name)
        if isinstance(field, MoneyField) and isinstance(value, int):
            return as_decimal(value, self.in_currency())
        return value

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        currency = self.in_currency()
        for name, field in self.fields.items():
            typed = self.cleaned_data.get(name)
            if typed is None or not isinstance(field, MoneyField) or currency not in DIGITS:
                continue
            try:
                self.cleaned_data[name] = as_minor(typed, currency)
            except TooFine as error:
                self.add_error(name, f"{error}.")
        return cleaned


def money(field: str, description: str = "", *, order: str | None = "") -> Callable[[Any], Any]:
    """A column with an amount of a row that has a `currency`; `order=None`: can't be sorted by."""

    @display(
        description=description or field.removesuffix("_minor").replace("_", " "),
        ordering=field if order == "" else order,
    )
    def column(row: Any) -> str:
        return written(getattr(row, field), row.currency).replace(" ", NBSP)

    column.__name__ = f"{field}_written"
    return column
