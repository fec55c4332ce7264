"""What a business says of itself. What is possible is the platform's to decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.api_client.tenants import Business, Country
from portal.common.forms import RelayForm
from portal.onboarding.places import countries, currencies, time_zones

VAT_ID_TEXT = _("This isn’t how VAT ids of your country look. Please check each character.")


def plain(autocomplete: str = "off") -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": autocomplete})


def name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name of the business"),
        max_length=200,
        help_text=_("What your guests call it."),
        widget=plain("organization"),
    )


def said_before(business: Business, names: Iterable[str]) -> dict[str, str]:
    """What the business has said already, by the names of a form's fields."""
    return {name: getattr(business, name) for name in names if hasattr(business, name)}


def country_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Country"),
        help_text=_("Where it pays its taxes. Currency and tax rates follow from it."),
    )


class RegisterForm(RelayForm):
    name = name_field()
    country = country_field()

    error_texts = {
        "country": _("Businesses of this country can’t register yet."),
        "too-many-drafts": _(
            "Several of your businesses wait to be set up already. Please finish one of them first."
        ),
    }

    def __init__(self, *args: Any, offered: Iterable[Country], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Please choose")), *countries(each.code for each in offered)]
        self.fields["country"].choices = choices  # type: ignore[attr-defined]


class CompanyForm(RelayForm):
    """Who the business is, as an invoice has to say it."""

    name = name_field()
    legal_name = forms.CharField(
        label=_("Company"),
        max_length=200,
        help_text=_("The legal name, as it stands on invoices. Your own name if you’re the owner."),
        widget=plain("organization"),
    )
    street = forms.CharField(
        label=_("Street and number"), max_length=200, widget=plain("address-line1")
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=20, widget=plain("postal-code"))
    city = forms.CharField(label=_("City"), max_length=100, widget=plain("address-level2"))


class DraftForm(CompanyForm):
    """As long as the set-up hasn't begun, the business may still move to another country."""

    country = country_field()

    def __init__(
        self, *args: Any, business: Business, offered: Iterable[Country], **kwargs: Any
    ) -> None:
        super().__init__(*args, initial=said_before(business, self.base_fields), **kwargs)
        self.business = business
        self.offered = {each.code: each for each in offered}
        codes = {business.country, *self.offered}
        self.fields["country"].choices = countries(codes)  # type: ignore[attr-defined]

    @property
    def changes(self) -> dict[str, Any]:
        """With the country go its currency, language and time zone, and not the old VAT id."""
        country = self.offered.get(self.values["country"])
        if country is None or country.code == self.business.country:
            return self.values
        return self.values | {
            "currency": country.currency,
            "language": country.language,
            "time_zone": country.time_zone,
            "vat_id": "",
        }


class MoneyForm(RelayForm):
    """What the country has set beforehand, to be corrected where it doesn't fit."""

    currency = forms.ChoiceField(label=_("Currency"))
    time_zone = forms.ChoiceField(label=_("Time zone"))
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of mails to the business. Each person chooses their own for the portal."),
    )
    vat_id = forms.CharField(label=_("VAT id"), max_length=30, required=False, widget=plain())

    error_texts = {"vat-id": VAT_ID_TEXT}

    def __init__(
        self, *args: Any, business: Business, offered: Iterable[Country], **kwargs: Any
    ) -> None:
        super().__init__(*args, initial=said_before(business, self.base_fields), **kwargs)
        known = list(offered)
        fields: dict[str, Any] = self.fields
        fields["currency"].choices = currencies(
            [business.currency, *(each.currency for each in known)]
        )
        fields["time_zone"].choices = time_zones(business.country, business.time_zone)
        example = next((each.vat_id_example for each in known if each.code == business.country), "")
        if example:
            fields["vat_id"].help_text = _(
                "Such as %(example)s. Leave it empty if you have none."
            ) % {"example": example}


class StartForm(RelayForm):
    """Nothing but the press of the button."""
