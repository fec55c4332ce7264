"""What may be said of a business, when it registers and later."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from backend.common.api import StrictSerializer
from backend.common.api.fields import LineField
from backend.tenants.countries import COUNTRIES, CURRENCIES
from backend.tenants.models import State, Tenant
from backend.tenants.models.tenant import NEEDED_DETAILS
from backend.tenants.vat_ids import LONGEST_INPUT, VatIdInvalid, normalised_vat_id


@cache
def time_zones() -> frozenset[str]:
    """Those that name a place or UTC; some files of the zone database name neither."""
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


class OneOf(LineField):
    """A word of a list, which is too long to stand in an error."""

    def __init__(self, words: Any, code: str, sentence: Any, **kwargs: Any) -> None:
        super().__init__(max_length=64, **kwargs)
        self.words = words
        self.error_messages[code] = sentence
        self.code = code

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text not in (self.words() if callable(self.words) else self.words):
            self.fail(self.code)
        return text


class TenantInput(StrictSerializer):
    """A business's details. An empty string is none; `instance` is the tenant as it is."""

    name = LineField(max_length=200, help_text="What guests call it")
    country = OneOf(
        COUNTRIES,
        "country",
        _("Businesses of this country can’t register yet."),
        help_text="One of countries/. Not after the set-up",
    )
    currency = OneOf(
        CURRENCIES,
        "currency",
        _("Choose a currency of one of the countries."),
        required=False,
        help_text="ISO 4217; the country's unless told. Not after the set-up",
    )
    language = OneOf(
        dict(settings.LANGUAGES),
        "language",
        _("Choose one of our languages."),
        required=False,
        help_text="en or de; the country's unless told",
    )
    time_zone = OneOf(
        time_zones,
        "time-zone",
        _("Choose a time zone by its IANA name."),
        required=False,
        help_text="IANA name; the country's unless told",
    )
    legal_name = LineField(
        max_length=200, required=False, allow_blank=True, help_text="As on an invoice"
    )
    street = LineField(max_length=200, required=False, allow_blank=True, help_text="And number")
    postcode = LineField(max_length=20, required=False, allow_blank=True)
    city = LineField(max_length=100, required=False, allow_blank=True)
    vat_id = LineField(
        max_length=LONGEST_INPUT,
        required=False,
        allow_blank=True,
        help_text="Kept without spaces. Its form must be that of the country",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        tenant: Tenant | None = self.instance
        if tenant and tenant.state != State.DRAFT:
            blank = [name for name in NEEDED_DETAILS if attrs.get(name) == ""]
            if blank:
                message = str(self.fields["name"].error_messages["blank"])
                raise serializers.ValidationError(
                    {name: [ErrorDetail(message, "blank")] for name in blank}
                )
        # A new country makes another id of the old one.
        if "vat_id" in attrs or "country" in attrs:
            given = attrs.get("vat_id", tenant.vat_id if tenant else "")
            country = attrs.get("country", tenant.country if tenant else "")
            attrs["vat_id"] = _vat_id(country, given)
        return attrs


def _vat_id(country: str, given: str) -> str:
    try:
        return normalised_vat_id(country, given) if given else ""
    except VatIdInvalid as error:
        raise serializers.ValidationError(
            {"vat_id": [ErrorDetail(str(error), "vat-id")]}
        ) from error
