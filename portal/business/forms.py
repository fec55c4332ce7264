"""Changing what a business says of itself, once it is open."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.api_client.tenants import Business
from portal.onboarding.forms import VAT_ID_TEXT, CompanyForm, plain, said_before
from portal.onboarding.places import time_zones


class ProfileForm(CompanyForm):
    vat_id = forms.CharField(label=_("VAT id"), max_length=30, required=False, widget=plain())
    time_zone = forms.ChoiceField(label=_("Time zone"))
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of mails to the business.")
    )

    error_texts = {"vat-id": VAT_ID_TEXT}

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, initial=said_before(business, self.base_fields), **kwargs)
        fields: dict[str, Any] = self.fields
        fields["time_zone"].choices = time_zones(business.country, business.time_zone)
