"""Staff's view of the invitations: where one stands when somebody says that no mail came."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.decorators import display

from backend.common.admin import (
    ModelAdmin,
    ReadOnly,
    link_to,
    linked,
    staff_actor,
)
from backend.common.admin_actions import Answers, asks_first
from backend.tenants.models import Invitation

COLOURS: Final = {"open": "info", "accepted": "success", "withdrawn": "", "expired": "warning"}


def state_of(invitation: Invitation) -> str:
    if invitation.accepted_at:
        return "accepted"
    if invitation.withdrawn_at:
        return "withdrawn"
    return "expired" if invitation.is_expired() else "open"


class StateFilter(SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, state.capitalize()) for state in COLOURS]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        now = timezone.now()
        pending = Q(accepted_at=None, withdrawn_at=None)
        conditions = {
            "open": pending & Q(expires_at__gt=now),
            "accepted": Q(accepted_at__isnull=False),
            "withdrawn": Q(withdrawn_at__isnull=False),
            "expired": pending & Q(expires_at__lte=now),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, ModelAdmin):
    list_display = (
        "email", linked("tenant", order="tenant__name"), "role_label", "state_label", "invited_by",
        "created_at", "expires_at",
    )  # fmt: skip
    list_filter = (StateFilter, "role")
    list_select_related = ("tenant",)
    search_fields = ("email", "tenant__name", "tenant__slug")
    search_help_text = "An email address, or a tenant's name"
    fields = (
        ("email", "tenant_link"),
        ("role_label", "state"),
        ("invited_by", "member_link"),
        ("created_at", "expires_at"),
        ("accepted_at", "withdrawn_at"),
    )
    readonly_fields = (
        "email", "tenant_link", "role_label", "state", "invited_by", "member_link",
        "created_at", "expires_at", "accepted_at", "withdrawn_at",
    )  # fmt: skip
    ordering = ("-id",)
    actions_detail = ("withdraw",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        rows = super().get_queryset(request).select_related("tenant", "member__person")
        # Of no use to staff, and one place less for it to be seen.
        return rows.defer("digest")

    def offers(self, action: str, row: Invitation) -> bool:
        return row.accepted_at is None and row.withdrawn_at is None

    @display(description="role", ordering="role", label=True)
    def role_label(self, invitation: Invitation) -> str:
        return invitation.get_role_display()

    @display(description="state", label=COLOURS)
    def state_label(self, invitation: Invitation) -> tuple[str, str]:
        state = state_of(invitation)
        return state, state.capitalize()

    @display(description="state")
    def state(self, invitation: Invitation) -> str:
        return state_of(invitation).capitalize()

    @display(description="tenant")
    def tenant_link(self, invitation: Invitation) -> SafeString | None:
        return link_to(invitation.tenant)

    @display(description="became")
    def member_link(self, invitation: Invitation) -> SafeString | None:
        return link_to(invitation.member)

    @asks_first(
        "Withdraw",
        permission="tenants.withdraw_invitation",
        title="Withdraw the invitation of {row.email} to {row.tenant}",
        explanation="The link in the mail opens nothing any more. The tenant can invite the "
        "person again.",
        submit="Withdraw invitation",
        icon="unsubscribe",
        is_grave=True,
    )
    def withdraw(self, request: HttpRequest, invitation: Invitation, answers: Answers) -> str:
        invitation.withdraw(by=staff_actor(request))
        return f"The invitation of {invitation.email} is withdrawn."
