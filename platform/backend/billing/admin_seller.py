"""Who sells: one row, which every later invoice copies."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminTextInputWidget

from backend.billing.models import Seller
from backend.common.admin import ModelAdmin, ModelForm, address_of_row
from backend.tenants.countries import COUNTRIES
from backend.tenants.tenant_input import time_zones
from backend.tenants.vat_ids import VatIdInvalid, normalised_vat_id


class SellerForm(ModelForm):
    iban = forms.CharField(
        label="IBAN",
        max_length=42,
        widget=UnfoldAdminTextInputWidget,
        help_text="Transfers go there",
    )
    country = forms.ChoiceField(
        choices=[(each.code, f"{each.name} ({each.code})") for each in COUNTRIES.values()],
        widget=UnfoldAdminSelect2Widget,
        help_text="Its standard rate is charged",
    )
    time_zone = forms.ChoiceField(
        choices=[(name, name) for name in sorted(time_zones())],
        widget=UnfoldAdminSelect2Widget,
        initial="Europe/Vienna",
        help_text="It dates the invoices",
    )

    class Meta:
        widgets: ClassVar = {"reminder_days": UnfoldAdminTextInputWidget}

    def clean_iban(self) -> str:
        """People type it in groups of four."""
        return "".join(self.cleaned_data["iban"].split()).upper()

    def clean_reminder_days(self) -> list[int]:
        days: list[int] = self.cleaned_data["reminder_days"]
        if days != sorted(set(days)):
            raise forms.ValidationError("Each reminder comes later than the one before it.")
        return days

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        country, given = self.cleaned_data.get("country"), self.cleaned_data.get("vat_id")
        if country and given:
            try:
                self.cleaned_data["vat_id"] = normalised_vat_id(country, given)
            except VatIdInvalid as error:
                self.add_error("vat_id", str(error))
        return cleaned


@admin.register(Seller)
class SellerAdmin(ModelAdmin):
    form = SellerForm
    fieldsets = (
        ("The company", {"fields": (("name", "registration"), ("vat_id", "country"))}),
        ("Where it is", {"fields": ("street", ("postcode", "city"), ("email", "phone"))}),
        ("Where transfers go", {"fields": ("iban", ("bic", "bank"))}),
        (
            "On which terms",
            {"fields": (("payment_days", "time_zone"), ("reminder_days", "suspension_days"))},
        ),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is no list of one: its page, or the one that makes it."""
        seller = Seller.objects.first()
        if seller and self.has_view_or_change_permission(request):
            return HttpResponseRedirect(address_of_row(seller))
        if seller is None and self.has_add_permission(request):
            return HttpResponseRedirect(reverse("admin:billing_seller_add"))
        return super().changelist_view(request, extra_context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """No second one."""
        if Seller.objects.exists():
            return HttpResponseRedirect(reverse("admin:billing_seller_changelist"))
        return super().add_view(request, form_url, extra_context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The page of the one that there is leads to no other."""
        return super().has_add_permission(request) and not request.path.endswith("/change/")
