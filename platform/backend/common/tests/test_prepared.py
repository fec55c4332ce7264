"""Prepared queries answer what their querysets would, and refuse what they can't keep."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db.models import QuerySet

from backend.common.prepared import PreparedQuery
from backend.conftest import House
from backend.tenants.models import Member


def members(tenant_id: UUID, role: str) -> QuerySet[Any, Any]:
    return Member.objects.filter(tenant_id=tenant_id, role=role).values("id", "role", "created_at")


def test_the_rows_are_those_of_the_queryset(aurora: House, bluefin: House) -> None:
    prepared = PreparedQuery.of(members, tenant_id=UUID, role=str)
    for house in (aurora, bluefin):
        for role in ("owner", "waiter"):
            expected = list(members(house.tenant.id, role))
            assert prepared.fetch({"tenant_id": house.tenant.id, "role": role}) == expected
            assert len(expected) == 1


def test_times_are_utc(aurora: House) -> None:
    prepared = PreparedQuery.of(members, tenant_id=UUID, role=str)
    (row,) = prepared.fetch({"tenant_id": aurora.tenant.id, "role": "owner"})
    assert row["created_at"].utcoffset() == datetime.now(UTC).utcoffset()


def test_a_value_that_is_lost_is_refused() -> None:
    def forgetful(tenant_id: UUID, role: str) -> QuerySet[Any, Any]:
        return Member.objects.filter(tenant_id=tenant_id).values("id")

    with pytest.raises(TypeError, match="role"):
        PreparedQuery.of(forgetful, tenant_id=UUID, role=str)


def test_a_column_that_needs_converting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    field = Member._meta.get_field("role")
    monkeypatch.setattr(field, "from_db_value", lambda value, *_: value.upper(), raising=False)
    with pytest.raises(TypeError, match="converting"):
        PreparedQuery.of(members, tenant_id=UUID, role=str)


def test_a_type_without_a_mark_is_refused() -> None:
    with pytest.raises(TypeError, match="bool"):
        PreparedQuery.of(members, tenant_id=UUID, role=bool)
