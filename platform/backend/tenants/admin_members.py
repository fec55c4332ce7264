"""Staff's view of the people who belong to tenants."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from backend.audit.recording import record
from backend.common.admin import (
    ModelAdmin,
    ModelForm,
    ReadOnlyInline,
    RevokedFilter,
    link_to,
    linked,
    staff_actor,
)
from backend.common.admin_actions import Answers, RowForm, asks_first
from backend.services import limits
from backend.services.errors import LimitReached
from backend.services.models import LimitName
from backend.tenants.models import Member, Role, Tenant


class MemberInline(ReadOnlyInline):
    model = Member
    fields = readonly_fields = ("who", "role", "created_at", "revoked_at")
    verbose_name_plural = "members"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return super().get_queryset(request).select_related("person")

    @display(description="person")
    def who(self, member: Member) -> SafeString | None:
        return link_to(member, str(member.person))


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
            try:
                # In the page's own transaction: nobody takes the last place before it is saved.
                limits.require(tenant.pk, LimitName.MEMBERS)
            except LimitReached as problem:
                self.add_error("tenant", str(problem.detail))
        return cleaned


class RoleForm(RowForm):
    role = forms.ChoiceField(choices=Role.choices, widget=UnfoldAdminSelectWidget)

    def __init__(self, data: Any, *, row: Member) -> None:
        super().__init__(data, row=row)
        self.initial["role"] = row.role


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

    @asks_first(
        "Change role",
        permission="tenants.change_member",
        title="Change the role of {row.person} at {row.tenant}",
        explanation="It holds from the member’s next request on.",
        form=RoleForm,
        icon="badge",
    )
    def change_role(self, request: HttpRequest, member: Member, answers: Answers) -> str:
        role = Role(answers["role"])
        member.change_role(role, by=staff_actor(request))
        return f"{member.person} is now {role.label}."

    @asks_first(
        "Revoke",
        permission="tenants.revoke_member",
        title="Revoke the membership of {row.person} at {row.tenant}",
        explanation="The person loses access to this tenant at once. Their login and their other "
        "tenants stay as they are.",
        submit="Revoke membership",
        icon="person_remove",
        is_grave=True,
    )
    def revoke(self, request: HttpRequest, member: Member, answers: Answers) -> str:
        member.revoke(by=staff_actor(request))
        return f"{member.person} is no longer a member."
