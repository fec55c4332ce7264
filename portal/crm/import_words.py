"""What came of each row of an import, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.api_client.customers import ImportRow, RowError

OUTCOMES: Mapping[str, str | Promise] = {
    "created": _("Added"),
    "updated": _("Updated"),
    "skipped": _("Unchanged"),
    "failed": _("Not read"),
}
TONES = {"created": "success", "updated": "success", "skipped": "neutral", "failed": "danger"}
ICONS = {
    "created": "user-round-plus",
    "updated": "refresh-cw",
    "skipped": "equal",
    "failed": "circle-alert",
}
FIELDS: Mapping[str, str | Promise] = {
    "name": _("Name"),
    "email": _("Email"),
    "phone": _("Phone"),
    "company": _("Company"),
    "language": _("Language"),
    "birthday": _("Birthday"),
    "address": _("Address"),
    "tags": _("Tags"),
}
FIELD_REASONS: Mapping[str, str | Promise] = {
    "required": _("is missing"),
    "blank": _("is missing"),
    "invalid": _("can’t be read"),
    "max-length": _("is too long"),
    "early": _("is too long ago"),
    "future": _("is still to come"),
    "control": _("contains signs that can’t be shown"),
    "bar": _("contains a |"),
}
ROW_REASONS: Mapping[str, str | Promise] = {
    "unclosed-quote": _("A quotation mark isn’t closed."),
    "limit-reached": _("Your plan doesn’t include more customers."),
    "too-many-cells": _("There are more cells than columns."),
}


def explain(row: ImportRow) -> str:
    """Why a row wasn't taken: "Email can’t be read. Name is missing." """
    return " ".join(_sentence(each) for each in row.errors)


def _sentence(error: RowError) -> str:
    """In our own words where we have some: the platform's were written when the file was read."""
    if error.field and error.field in FIELDS and error.code in FIELD_REASONS:
        return f"{FIELDS[error.field]} {FIELD_REASONS[error.code]}."
    return str(ROW_REASONS.get(error.code, error.detail))
