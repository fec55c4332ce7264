"""The last place, asked for by several at once: on connections of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backend.client_apps.models import ClientApp
from backend.conftest import Api, House
from backend.crm.models import Customer
from backend.crm.tests.conftest import upload
from backend.services.models import PlanLimit
from backend.services.tests.conftest import make_plan, subscribe
from backend.tenants.models import Invitation
from backend.tenants.tests.test_member_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_place_is_given_once(aurora: House, visit: Callable[..., Api]) -> None:
    """One test, because emptying the database after each takes longer than all of them."""
    subscribe(aurora, make_plan("house", members=5, client_apps=2, customers=1))
    owner = visit(aurora.person("owner"), aurora.tenant)

    def invite(number: int) -> Callable[[], int]:
        body = {"email": f"new{number}@example.com", "role": "waiter"}
        return lambda: owner.post("invitations/", body).status_code

    def register(number: int) -> Callable[[], int]:
        body = {"name": f"App {number}", "scopes": ["tenant.read"]}
        return lambda: owner.post("client-apps/", body).status_code

    def add(number: int) -> Callable[[], int]:
        return lambda: owner.post("crm/customers/", {"name": f"Guest {number}"}).status_code

    def read_in(number: int) -> Callable[[], int]:
        rows = f"name\nFrom file {number}\nAlso from file {number}\n"
        return lambda: int(upload(aurora.app, rows).json()["created"])

    assert sorted(at_once(*[invite(number) for number in range(4)])) == [201, 409, 409, 409]
    assert Invitation.objects.count() == 1
    assert sorted(at_once(*[register(number) for number in range(4)])) == [201, 409, 409, 409]
    assert ClientApp.objects.filter(tenant=aurora.tenant).count() == 2
    assert sorted(at_once(*[add(number) for number in range(4)])) == [201, 409, 409, 409]
    assert Customer.objects.count() == 1
    # Two files and a person, with room for three.
    PlanLimit.objects.filter(name="customers").update(value=4)
    *files, person = at_once(read_in(1), read_in(2), add(9))
    assert sum(files) + (person == 201) == 3
    assert Customer.objects.count() == 4
