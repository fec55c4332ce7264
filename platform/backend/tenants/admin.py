"""Staff's view of the tenants and their members."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth import get_user_model
from django.core.validators import RegexValidator
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import (
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from backend.audit.recording import record
from backend.common.admin import (
    ModelAdmin,
    ModelForm,
    ReadOnlyInline,
    RevokedFilter,
    link_to,
    link_to_list,
    linked,
    staff_actor,
    submitted,
)
from backend.tenants import admin_invitations  # noqa: F401 - registers its page
from backend.tenants.models import Member, Role, State, Tenant

STATE_COLOURS = {
    State.DRAFT: "",
    State.PROVISIONING: "info",
    State.ACTIVE: "success",
    State.SUSPENDED: "warning",
    State.ARCHIVED: "",
}


class Capitals(forms.CharField):
    widget = UnfoldAdminTextInputWidget

    def __init__(self, *, length: int, example: str, **options: Any) -> None:
        self.default_validators = [
            RegexValidator(rf"^[A-Z]{{{length}}}$", f"{length} letters, such as {example}.")
        ]
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").upper()


class TenantForm(ModelForm):
    country = Capitals(length=2, example="IT", help_text="ISO 3166-1, two letters")
    currency = Capitals(length=3, example="EUR", help_text="ISO 4217, three letters")
    time_zone = forms.ChoiceField(
        choices=[(name, name) for name in sorted(available_timezones())],
        widget=UnfoldAdminSelect2Widget,
        initial="UTC",
    )


class MemberInline(ReadOnlyInline):
    model = Member
    fields = readonly_fields = ("who", "role", "created_at", "revoked_at")
    verbose_name_plural = "members"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return super().get_queryset(request).select_related("person")

    @display(description="person")
    def who(self, member: Member) -> SafeString | None:
        return link_to(member, str(member.person))


@admin.register(Tenant)
class TenantAdmin(ModelAdmin):
    form = TenantForm
    list_display = (
        "title", "state_label", "country", "currency", "members", "client_apps", "created_at",
    )  # fmt: skip
    list_filter = ("state", "country")
    search_fields = ("name", "slug")
    search_help_text = "Name or slug"
    fieldsets = (
        (None, {"fields": (("name", "slug"), "state")}),
        ("Where it is", {"fields": (("country", "currency"), ("time_zone", "language"))}),
        (
            "What it has",
            {"fields": (("members", "client_apps", "customers"), ("created_at", "updated_at"))},
        ),
    )
    add_fieldsets = fieldsets[:2]
    readonly_fields = (
        "state", "members", "client_apps", "customers", "created_at", "updated_at",
    )  # fmt: skip
    prepopulated_fields = {"slug": ("name",)}
    inlines = (MemberInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        client_app = apps.get_model("client_apps", "ClientApp")
        return (
            super()
            .get_queryset(request)
            .annotate(
                members_count=_count(Member.objects.current()),
                client_apps_count=_count(client_app.objects.filter(revoked_at=None)),
            )
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A slug is part of every address that people have kept."""
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[type[ReadOnlyInline], ...]:
        return self.inlines if obj else ()

    @display(description="tenant", ordering="name", header=True)
    def title(self, tenant: Tenant) -> tuple[str, str]:
        return tenant.name, tenant.slug

    @display(description="state", ordering="state", label=STATE_COLOURS)
    def state_label(self, tenant: Tenant) -> tuple[str, str]:
        return tenant.state, tenant.get_state_display()

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


class AddMemberForm(ModelForm):
    tenant = forms.ModelChoiceField(
        Tenant.objects.all(),
        widget=AutocompleteSelect(Member._meta.get_field("tenant"), admin.site),
    )
    person = forms.ModelChoiceField(
        get_user_model().objects.filter(is_active=True),
        widget=AutocompleteSelect(Member._meta.get_field("person"), admin.site),
    )
    # None is chosen beforehand: it would be the owner.
    role = forms.ChoiceField(
        choices=[("", "Choose a role"), *Role.choices], widget=UnfoldAdminSelectWidget
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if tenant := self.cleaned_data.get("tenant"):
            self.instance.tenant = tenant
        return cleaned


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices, widget=UnfoldAdminSelectWidget)


@admin.register(Member)
class MemberAdmin(ModelAdmin):
    list_display = (
        "who", linked("tenant", order="tenant__name"), "role_label", "created_at", "revoked_at",
    )  # fmt: skip
    list_filter = ("role", RevokedFilter)
    list_select_related = ("tenant", "person")
    search_fields = ("person__email", "person__name", "tenant__name", "tenant__slug")
    search_help_text = "A person's email address or name, or a tenant's name"
    fields = (("person_link", "tenant_link"), "role_label", ("created_at", "revoked_at"))
    readonly_fields = ("person_link", "tenant_link", "role_label", "created_at", "revoked_at")
    ordering = ("-id",)
    actions_detail = ("change_role", "revoke")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return super().get_queryset(request).select_related("tenant", "person")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("tenant", "person", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The tenant can't be edited, so that the form must bring its own field to add it."""
        if obj is None:
            kwargs |= {"form": AddMemberForm, "fields": ("person", "role")}
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Member, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record(
            "member.joined",
            tenant_id=obj.tenant_id,
            by=staff_actor(request),
            about=obj.about(),
            data={"role": obj.role},
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What can change has rules, and an action of its own."""
        return False

    def offers(self, action: str, row: Member) -> bool:
        return row.revoked_at is None

    @display(description="person", ordering="person__email", header=True)
    def who(self, member: Member) -> tuple[str, str]:
        return member.person.name, member.person.email

    @display(description="role", ordering="role", label=True)
    def role_label(self, member: Member) -> str:
        return member.get_role_display()

    @display(description="person")
    def person_link(self, member: Member) -> SafeString | None:
        return link_to(member.person)

    @display(description="tenant")
    def tenant_link(self, member: Member) -> SafeString | None:
        return link_to(member.tenant)

    @action(description="Change role", permissions=["tenants.change_member"], icon="badge")
    def change_role(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member = self.row_for("change_role", request, object_id)
        form = RoleForm(submitted(request), initial={"role": member.role})
        if form.is_valid():
            role = Role(form.cleaned_data["role"])
            with self.carried_out(request, member, form, f"Changed the role to {role.label}."):
                member.change_role(role, by=staff_actor(request))
            if form.is_valid():
                return self.back_to(request, member, f"{member.person} is now {role.label}.")
        return self.action_page(
            request,
            member,
            form,
            title=f"Change the role of {member.person} at {member.tenant}",
            explanation="It holds from the member’s next request on.",
            submit="Change role",
        )

    @action(
        description="Revoke",
        permissions=["tenants.revoke_member"],
        icon="person_remove",
        variant=ActionVariant.DANGER,
    )
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member = self.row_for("revoke", request, object_id)
        form = forms.Form(submitted(request))
        if form.is_valid():
            with self.carried_out(request, member, form, "Revoked."):
                member.revoke(by=staff_actor(request))
            if form.is_valid():
                return self.back_to(request, member, f"{member.person} is no longer a member.")
        return self.action_page(
            request,
            member,
            form,
            title=f"Revoke the membership of {member.person} at {member.tenant}",
            explanation="The person loses access to this tenant at once. Their login and their "
            "other tenants stay as they are.",
            submit="Revoke membership",
            is_grave=True,
        )


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
