"""What a caller may do with the people of a tenant: replies carry it as `can`."""

from __future__ import annotations

from typing import Any

from backend.common.abilities import MEMBERS_INVITE, MEMBERS_REVOKE, MEMBERS_UPDATE
from backend.common.caller import Caller
from backend.tenants.models import Role
from backend.tenants.models.member import handled_by


def assignable_roles(caller: Caller, ability: str) -> list[str]:
    """The roles that the caller may give with this ability, the strongest first."""
    handled = handled_by(caller.role) if caller.can(ability) else frozenset()
    return [role for role in Role.values if role in handled]


def list_actions(caller: Caller) -> list[str]:
    return ["invite"] if caller.can(MEMBERS_INVITE) else []


def member_actions(caller: Caller, row: dict[str, Any]) -> list[str]:
    """Nothing that the last owner couldn't do anyway. Nobody revokes themselves: they leave."""
    if row["role"] == Role.OWNER and not row["has_fellow_owner"]:
        return []
    is_handled = row["role"] in handled_by(caller.role)
    actions = ["change-role"] if is_handled and caller.can(MEMBERS_UPDATE) else []
    if row["id"] == caller.member_id:
        return [*actions, "leave"]
    return [*actions, "revoke"] if is_handled and caller.can(MEMBERS_REVOKE) else actions


def invitation_actions(caller: Caller, role: str) -> list[str]:
    if caller.can(MEMBERS_INVITE) and role in handled_by(caller.role):
        return ["resend", "withdraw"]
    return []
