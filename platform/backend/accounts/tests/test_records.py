"""What the audit trail is told of people's doors."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from backend.accounts.models import Person
from backend.accounts.tests.conftest import PASSWORD, Visitor
from backend.audit.models import AuditEvent
from backend.common.tenancy import owner_scope
from backend.tenants.models import Member, Tenant


@pytest.fixture
def tenant(anna: Person) -> Tenant:
    found = Tenant.objects.create(slug="aurora", name="Aurora", country="IT", currency="EUR")
    Member.objects.create(tenant=found, person=anna, role="waiter")
    return found


def told() -> list[tuple[str, Any, str, dict[str, Any]]]:
    with owner_scope():
        return [
            (event.action, event.tenant_id, event.by_name, event.data)
            for event in AuditEvent.objects.order_by("id")
        ]


def sign_in(visitor: Visitor, email: str, password: str = PASSWORD) -> Any:
    return visitor.post("auth/login/", {"email": email, "password": password})


def test_a_sign_in_and_a_sign_out(visitor: Visitor, anna: Person, tenant: Tenant) -> None:
    assert sign_in(visitor, anna.email).status_code == 200
    visitor.delete("auth/session/")

    assert told() == [
        ("session.started", tenant.pk, anna.name, {"surface": "portal"}),
        ("session.ended", tenant.pk, anna.name, {"surface": "portal", "sessions": 1}),
    ]
    with owner_scope():
        assert {event.address for event in AuditEvent.objects.all()} == {"203.0.113.7"}


def test_a_wrong_password(visitor: Visitor, anna: Person, tenant: Tenant) -> None:
    sign_in(visitor, anna.email, "wrong horse battery")

    data = {"surface": "portal", "step": "password"}
    assert told() == [("session.failed", tenant.pk, anna.name, data)]


def test_of_a_stranger_nothing_is_kept_but_where_from(visitor: Visitor, tenant: Tenant) -> None:
    sign_in(visitor, "stranger@example.com", "wrong horse battery")

    assert told() == [("session.failed", None, "", {"surface": "portal", "step": "password"})]
    with owner_scope():
        assert "stranger" not in str(list(AuditEvent.objects.values()))


def test_a_new_password(visitor: Visitor, anna: Person, tenant: Tenant) -> None:
    sign_in(visitor, anna.email)
    given = {"current_password": PASSWORD, "new_password": "copper kettle nine"}
    assert visitor.post("auth/account/password/", given).status_code == 200

    assert [action for action, *_ in told()] == ["session.started", "person.password-changed"]


@pytest.mark.parametrize("password", [PASSWORD, "wrong horse battery"])
def test_the_staff_admins_door_too(anna: Person, tenant: Tenant, password: str) -> None:
    Person.objects.filter(pk=anna.pk).update(is_staff=True)
    given = {"username": anna.email, "password": password, "code": ""}
    Client().post("/admin/login/", given)

    if password == PASSWORD:
        assert told() == [("session.started", tenant.pk, anna.name, {"surface": "staff"})]
    else:
        data = {"surface": "staff", "step": "password"}
        assert told() == [("session.failed", tenant.pk, anna.name, data)]


def test_failures_beyond_the_limit_are_not_told(
    visitor: Visitor, anna: Person, tenant: Tenant
) -> None:
    most = settings.RATE_CLASSES["sign-in-account"].limit
    answers = {sign_in(visitor, anna.email, "wrong").status_code for _ in range(most + 3)}

    assert 429 in answers
    assert len(told()) <= most
