"""Which constraint refused something, by its name."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from backend.common.constraints import broken_by
from backend.conftest import House
from backend.tenants.models import Tenant

pytestmark = pytest.mark.django_db


def test_a_constraint_is_named(aurora: House) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Tenant.objects.filter(slug="aurora").update(currency="eur")
    assert broken_by(refused.value) == "tenants_tenant_currency"


def test_a_trigger_has_no_name(db: None) -> None:
    raising = "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$"
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(raising)
    assert broken_by(refused.value) == ""


def test_neither_has_what_django_raises_itself() -> None:
    assert broken_by(IntegrityError("by hand")) == ""
