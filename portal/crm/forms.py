"""Forms of the customer pages. What a customer may be is the platform's to decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.common.edits import EditForm
from portal.common.forms import LinesField, RelayForm
from portal.ui.components.formats import locale

LANGUAGES = (
    "de",
    "en",
    "fr",
    "it",
    "es",
    "pt",
    "nl",
    "pl",
    "cs",
    "da",
    "sv",
    "tr",
    "ru",
    "zh",
    "ja",
)
FIELDS = ("name", "company", "email", "phone", "address", "birthday", "language", "tags")
LARGEST_FILE = 2_000_000


def language_choices(present: str = "") -> list[tuple[str, str | Promise]]:
    """The languages that guests usually speak, by name, and the one that is already set."""
    codes = {*LANGUAGES, present} - {""}
    names = locale().languages
    named = [(code, names.get(code.partition("-")[0], code)) for code in codes]
    return [("", _("Not set")), *sorted(named, key=lambda each: each[1])]


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "cols": 40})


class TagsField(forms.CharField):
    """Several words in one line, between commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        words = super().clean(value).split(",")
        return list(dict.fromkeys(filter(None, (" ".join(word.split()) for word in words))))


class CustomerForm(RelayForm):
    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    email = forms.EmailField(label=_("Email"), max_length=254, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput({"type": "tel"})
    )
    address = LinesField(label=_("Address"), max_length=500, required=False, widget=text_area(3))
    birthday = forms.DateField(
        label=_("Birthday"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    tags = TagsField(
        label=_("Tags"),
        required=False,
        max_length=1000,
        help_text=_("Your own words, with commas between them: VIP, vegetarian, regular."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    error_texts = {
        "early": _("Nobody was born that long ago."),
        "future": _("This day is still to come."),
        "bar": _("A tag can’t contain a |."),
        "tag-limit-reached": _(
            "There are already 200 different tags. Please use one of them, or remove some first."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = self.data.get("initial-language") or self.initial.get("language") or ""
        self.fields["language"].choices = language_choices(present)  # type: ignore[attr-defined]


class CustomerEditForm(EditForm, CustomerForm):
    edited = FIELDS


class MergeForm(RelayForm):
    duplicate_id = forms.UUIDField(widget=forms.HiddenInput)

    error_texts = {
        "duplicate-already-merged": _("The right one was merged into another customer before."),
        "duplicate-erased": _("The right one was erased, so there’s nothing left to merge."),
        "merge-into-itself": _("This is one and the same customer."),
    }


class ErasureForm(RelayForm):
    reason = LinesField(
        label=_("Reason"),
        max_length=500,
        required=False,
        widget=text_area(2),
        help_text=_("Stays on record, so please don’t name the person: “Asked by letter, 3 May”."),
    )


class NoteForm(RelayForm):
    body = LinesField(
        label=_("New note"),
        max_length=5000,
        widget=forms.Textarea({"rows": 3, "cols": 40, "placeholder": _("What’s good to know?")}),
    )


class ImportForm(RelayForm):
    error_texts = {
        "spreadsheet": _(
            "This is the spreadsheet itself. Please save it as CSV first, and send that."
        ),
        "not-csv": _("This doesn’t look like a CSV file. Please save your list as one."),
        "empty": _("There’s nothing in this file."),
        "no-heading": _("The first row must name the columns, with “Name” or “Email” among them."),
        "column-twice": _("Two columns have the same name. Please remove one of them."),
        "payload-too-large": _("This is more than 5,000 rows or 2 MB. Please split the list."),
    }

    file = forms.FileField(
        label=_("Your list"),
        help_text=_("A CSV file with at most 5,000 rows and 2 MB."),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            too_large = str(self.error_texts["payload-too-large"])
            raise ValidationError(too_large, code="payload-too-large")
        return file
