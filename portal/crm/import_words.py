"""What came of each row of an import, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.api_client.customers import ImportRow

OUTCOMES: Mapping[str, str | Promise] = {
    "created": _("Added"),
    "updated": _("Updated"),
    "skipped": _("Left out"),
    "failed": _("Not read"),
}
TONES = {"created": "success", "updated": "success", "skipped": "neutral", "failed": "danger"}
ICONS = {
    "created": "user-round-plus",
    "updated": "refresh-cw",
    "skipped": "minus",
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
REASONS: Mapping[str, str | Promise] = {
    "required": _("is missing"),
    "blank": _("is missing"),
    "invalid": _("can’t be read"),
    "max_length": _("is too long"),
    "min_value": _("is too small"),
    "max_value": _("is too large"),
}


def explain(row: ImportRow) -> str:
    """Why a row wasn't taken: "Email can’t be read. Name is missing." """
    return " ".join(
        f"{FIELDS[each.field]} {REASONS[each.code]}."
        if each.field in FIELDS and each.code in REASONS
        else each.detail
        for each in row.errors
    )
