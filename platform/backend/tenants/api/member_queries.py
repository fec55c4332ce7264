"""The rows of the list of members. Who they are lies outside what the tenant role can read."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Greatest, Lower

from backend.common.api.pagination import Rows
from backend.tenants.models import Member, Role

ORDERS: Final = {"name": ("sort_name", "id"), "joined": ("id",)}
LONGEST_QUERY: Final = 100


def members_of(tenant_id: UUID) -> Rows:
    """The current ones, as the owner of the tables; row-level security doesn't help here."""
    current = Member.objects.for_tenant(tenant_id).current()
    seen = (
        apps.get_model("accounts", "Session")
        .objects.filter(person_id=OuterRef("person_id"), surface="portal")
        .order_by()
        .values("person_id")
        .annotate(latest=Max("last_seen_at"))
        .values("latest")
    )
    second_factors = apps.get_model("mfa", "Authenticator").objects.filter(
        user_id=OuterRef("person_id"), type="totp"
    )
    fellow_owners = current.filter(role=Role.OWNER).exclude(pk=OuterRef("pk"))
    rows: Rows = current.annotate(
        name=F("person__name"),
        email=F("person__email"),
        sort_name=Lower("person__name"),
        joined_at=F("created_at"),
        # The sessions themselves are deleted once they are over.
        last_seen_at=Greatest(F("person__last_login"), Subquery(seen)),
        two_factor=Exists(second_factors),
        has_fellow_owner=Exists(fellow_owners),
    ).values(
        "id", "name", "email", "role", "sort_name", "joined_at", "last_seen_at", "two_factor",
        "has_fellow_owner",
    )  # fmt: skip
    return rows


def matching(rows: Rows, q: str) -> Rows:
    """Those with the text anywhere in their name or address."""
    return rows.filter(Q(name__icontains=q) | Q(email__icontains=q)) if q else rows


def shown(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The row as it goes out, without what only serves to order and to judge."""
    hidden = ("sort_name", "has_fellow_owner")
    return {name: value for name, value in row.items() if name not in hidden} | more
