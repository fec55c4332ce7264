"""Staff's view of the tenants: what each is, how it came to its state, and taking it on."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2Widget

from backend.audit.recording import record
from backend.common.admin import (
    ModelAdmin,
    ModelForm,
    ReadOnlyInline,
    link_to_list,
    staff_actor,
)
from backend.common.admin_actions import Answers, ReasonForm, asks_first
from backend.tenants.admin_history import RunInline, StepInline, TransitionInline
from backend.tenants.admin_members import MemberInline
from backend.tenants.countries import COUNTRIES, CURRENCIES
from backend.tenants.models import Member, State, Tenant, TenantTransition, stuck_tenants
from backend.tenants.models.tenant import NEEDED_DETAILS, TRANSITIONS
from backend.tenants.provisioning.progress import progress_of
from backend.tenants.tenant_input import time_zones
from backend.tenants.vat_ids import VatIdInvalid, normalised_vat_id
from backend.tenants.workflows.change_tenant import FIXED, change_tenant
from backend.tenants.workflows.set_up_tenant import begin_provisioning, retry_provisioning

STATE_COLOURS: Final = {
    State.DRAFT: "",
    State.PROVISIONING: "info",
    State.ACTIVE: "success",
    State.SUSPENDED: "warning",
    State.ARCHIVED: "",
}


class TenantForm(ModelForm):
    country = forms.ChoiceField(
        choices=[
            (country.code, f"{country.name} ({country.code})") for country in COUNTRIES.values()
        ],
        widget=UnfoldAdminSelect2Widget,
    )
    currency = forms.ChoiceField(
        choices=[(code, code) for code in CURRENCIES],
        widget=UnfoldAdminSelect2Widget,
        initial="EUR",
    )
    time_zone = forms.ChoiceField(
        choices=[(name, name) for name in sorted(time_zones())],
        widget=UnfoldAdminSelect2Widget,
        initial="UTC",
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        country = self.cleaned_data.get("country", self.instance.country)
        if given := self.cleaned_data.get("vat_id"):
            try:
                self.cleaned_data["vat_id"] = normalised_vat_id(country, given)
            except VatIdInvalid as error:
                self.add_error("vat_id", str(error))
        if self.instance.pk and self.instance.state != State.DRAFT:
            for name in NEEDED_DETAILS:
                if name in self.changed_data and not self.cleaned_data.get(name):
                    self.add_error(name, "It stands on invoices, and can’t be emptied any more.")
        return cleaned


class SetUpFilter(SimpleListFilter):
    title = "set-up"
    parameter_name = "set-up"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("failed", "Failed")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "failed":
            return queryset
        return queryset.filter(pk__in=stuck_tenants().values("pk"))


@admin.register(Tenant)
class TenantAdmin(ModelAdmin):
    form = TenantForm
    list_display = (
        "title", "state_label", "since", "reason", "country", "members", "client_apps",
    )  # fmt: skip
    list_filter = ("state", SetUpFilter, "country")
    search_fields = ("name", "slug", "legal_name")
    search_help_text = "Name, company or slug"
    add_fieldsets = (
        (None, {"fields": (("name", "slug"),)}),
        ("Where it is", {"fields": (("country", "currency"), ("time_zone", "language"))}),
        (
            "The company",
            {"fields": (("legal_name", "vat_id"), "street", ("postcode", "city"))},
        ),
    )
    fieldsets = (
        (None, {"fields": (("name", "slug"), ("state", "since"), "reason")}),
        *add_fieldsets[1:],
        (
            "What it has",
            {
                "fields": (
                    ("members", "client_apps", "customers"),
                    ("services", "invoices", "account"),
                    ("tickets", "trail"),
                    ("created_at", "updated_at"),
                )
            },
        ),
    )
    readonly_fields = (
        "state", "since", "reason", "members", "client_apps", "customers", "services", "invoices",
        "account", "tickets", "trail", "created_at", "updated_at",
    )  # fmt: skip
    prepopulated_fields = {"slug": ("name",)}
    inlines = (TransitionInline, RunInline, StepInline, MemberInline)
    actions_detail = ("start", "start_again", "suspend", "reactivate", "archive")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        client_app = apps.get_model("client_apps", "ClientApp")
        latest = TenantTransition.objects.filter(tenant=OuterRef("pk")).order_by(
            "-changed_at", "-pk"
        )
        return (
            super()
            .get_queryset(request)
            .annotate(
                members_count=_count(Member.objects.current()),
                client_apps_count=_count(client_app.objects.filter(revoked_at=None)),
                state_since=Coalesce(Subquery(latest.values("changed_at")[:1]), "created_at"),
                state_reason=Subquery(latest.values("reason")[:1]),
            )
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A slug is part of every address that people have kept."""
        if obj is None:
            return self.readonly_fields
        fixed = () if obj.state == State.DRAFT else FIXED
        return (*self.readonly_fields, "slug", *fixed)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[type[ReadOnlyInline], ...]:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:
        by = staff_actor(request)
        if change:
            # As it is now, and only what was typed: the state may have changed meanwhile.
            locked = Tenant.objects.select_for_update(no_key=True).get(pk=obj.pk)
            values = {name: form.cleaned_data[name] for name in form.changed_data}
            change_tenant(locked, values, by=by)
        else:
            super().save_model(request, obj, form, change)
            record("tenant.registered", tenant_id=obj.pk, by=by, data={"name": obj.name})

    def offers(self, action: str, row: Tenant) -> bool:
        if action == "start":
            return row.state == State.DRAFT
        if action == "start_again":
            return row.state == State.PROVISIONING and progress_of(row).status == "failed"
        return row.state in TRANSITIONS[action].sources

    @display(description="tenant", ordering="name", header=True)
    def title(self, tenant: Tenant) -> tuple[str, str]:
        return tenant.name, tenant.slug

    @display(description="state", ordering="state", label=STATE_COLOURS)
    def state_label(self, tenant: Tenant) -> tuple[str, str]:
        return tenant.state, tenant.get_state_display()

    @display(description="since", ordering="state_since")
    def since(self, tenant: Any) -> str:
        return date_format(localtime(tenant.state_since), "DATETIME_FORMAT")

    @display(description="reason", empty_value="–")
    def reason(self, tenant: Any) -> str | None:
        return tenant.state_reason or None

    @display(description="members")
    def members(self, tenant: Any) -> SafeString:
        return link_to_list(
            "tenants.member",
            str(tenant.members_count),
            tenant__id__exact=tenant.pk,
            revoked="no",
        )

    @display(description="client apps")
    def client_apps(self, tenant: Any) -> SafeString:
        return link_to_list(
            "client_apps.clientapp",
            str(tenant.client_apps_count),
            tenant__id__exact=tenant.pk,
            revoked="no",
        )

    @display(description="customers")
    def customers(self, tenant: Tenant) -> SafeString:
        return link_to_list("crm.customer", "Look at them", tenant__id__exact=tenant.pk)

    @display(description="services")
    def services(self, tenant: Tenant) -> SafeString:
        return link_to_list("services.service", "Its plan", tenant__id__exact=tenant.pk)

    @display(description="invoices")
    def invoices(self, tenant: Tenant) -> SafeString:
        return link_to_list("billing.invoice", "What it owes", tenant__id__exact=tenant.pk)

    @display(description="account")
    def account(self, tenant: Tenant) -> SafeString:
        return link_to_list("billing.account", "Its statement", q=tenant.slug)

    @display(description="tickets")
    def tickets(self, tenant: Tenant) -> SafeString:
        return link_to_list(
            "tickets.ticket", "What it asked", tenant__id__exact=tenant.pk, state="all"
        )

    @display(description="audit trail")
    def trail(self, tenant: Tenant) -> SafeString:
        return link_to_list("audit.auditevent", "What happened", tenant__id__exact=tenant.pk)

    @asks_first(
        "Start set-up",
        permission="tenants.provision_tenant",
        title="Start the set-up of {row}",
        explanation="A job gives it its country’s tax rates, checks that it is kept apart from "
        "other tenants, and opens it. Country and currency are fixed from now on.",
        form=ReasonForm,
        icon="rocket_launch",
    )
    def start(self, request: HttpRequest, tenant: Tenant, answers: Answers) -> str:
        begin_provisioning(tenant, by=staff_actor(request), reason=answers["reason"])
        return f"{tenant} is being set up."

    @asks_first(
        "Start again",
        permission="tenants.provision_tenant",
        title="Start the set-up of {row} again",
        explanation="Another attempt. What the last one did stays, and is not done twice.",
        form=ReasonForm,
        icon="restart_alt",
    )
    def start_again(self, request: HttpRequest, tenant: Tenant, answers: Answers) -> str:
        run = retry_provisioning(tenant, by=staff_actor(request), reason=answers["reason"])
        return f"{tenant} is being set up, attempt {run.attempt}."

    @asks_first(
        "Suspend",
        permission="tenants.suspend_tenant",
        explanation="Its people can read and export what they own, and nothing else, from their "
        "next request on. So can its client apps.",
        form=ReasonForm,
        icon="pause_circle",
        is_grave=True,
    )
    def suspend(self, request: HttpRequest, tenant: Tenant, answers: Answers) -> str:
        tenant.suspend(by=staff_actor(request), reason=answers["reason"])
        return f"{tenant} is suspended."

    @asks_first(
        "Reactivate",
        permission="tenants.suspend_tenant",
        explanation="Everything works again as before, from the next request on.",
        form=ReasonForm,
        icon="play_circle",
    )
    def reactivate(self, request: HttpRequest, tenant: Tenant, answers: Answers) -> str:
        tenant.reactivate(by=staff_actor(request), reason=answers["reason"])
        return f"{tenant} is active again."

    @asks_first(
        "Archive",
        permission="tenants.archive_tenant",
        explanation="The business ends here, for good: it can’t be undone. Its owners can still "
        "export what they own, and nobody can do anything else.",
        form=ReasonForm,
        icon="inventory_2",
        is_grave=True,
    )
    def archive(self, request: HttpRequest, tenant: Tenant, answers: Answers) -> str:
        tenant.archive(by=staff_actor(request), reason=answers["reason"])
        return f"{tenant} is archived."


def _count(rows: QuerySet[Any]) -> Coalesce:
    """How many of `rows` the outer query's tenant has: one index scan per row shown."""
    counted = (
        rows.filter(tenant_id=OuterRef("pk"))
        .order_by()
        .values("tenant_id")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
