"""A past for demo data, made by today's workflows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from backend.audit.models import AuditEvent
from backend.audit.recording import record
from backend.common import clock
from backend.common.actor import Actor
from backend.common.identifiers import earliest_id, new_id
from backend.conftest import House
from backend.tenants.models import TenantTransition

THEN = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
SOON = timedelta(minutes=1)


def test_time_goes_on_from_there_and_comes_back() -> None:
    before = timezone.now()
    with clock.at(THEN):
        first, second = timezone.now(), timezone.now()
    assert THEN <= first < second < THEN + SOON
    assert before <= timezone.now() < before + SOON


def test_it_comes_back_after_a_failure() -> None:
    with pytest.raises(KeyError), clock.at(THEN):
        raise KeyError
    assert timezone.now() - THEN > timedelta(days=365)
    assert new_id() > new_id_at(THEN)


def new_id_at(moment: datetime) -> UUID:
    with clock.at(moment):
        return new_id()


def test_keys_are_in_the_order_of_that_time() -> None:
    with clock.at(THEN):
        keys = [new_id() for _ in range(100)]
    later = new_id_at(THEN + SOON)
    assert keys == sorted(keys)
    assert keys[-1] < later < new_id()


def test_rows_that_are_made_then_are_of_then(aurora: House) -> None:
    with clock.at(THEN):
        aurora.tenant.suspend(by=Actor.system(), reason="Unpaid")
        record("tenant.updated", tenant_id=aurora.tenant.pk, by=Actor.system())
    transition = TenantTransition.objects.get(to_state="suspended")
    event = AuditEvent.objects.get(action="tenant.updated")
    for moment in (transition.changed_at, event.created_at, aurora.tenant.updated_at):
        assert THEN <= moment < THEN + SOON


def test_a_range_of_time_is_a_range_of_keys() -> None:
    keys = [new_id_at(THEN + number * timedelta(milliseconds=2)) for number in range(-3, 3)]
    found = [key for key in keys if key >= earliest_id(THEN)]
    assert found == keys[3:]
