"""What a tenant may have, and how much there is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from backend.client_apps.models import ClientApp
from backend.common.actor import Actor
from backend.common.tenancy import owner_scope, tenant_scope
from backend.conftest import House
from backend.crm.models import Customer
from backend.services.errors import LimitReached
from backend.services.limits import Limit, included_with, limits_of, require, room
from backend.services.models import LimitName, Service
from backend.services.models.service import Terms
from backend.services.tests.conftest import FIRST_DAY, make_plan, subscribe
from backend.services.usage import used, used_by
from backend.tenants.models import Invitation, Role
from backend.tenants.tests.test_members import as_member
from backend.tickets.tests.cast import a_ticket
from backend.tickets.workflows.close_ticket import close_ticket

pytestmark = pytest.mark.django_db

MEMBERS, APPS, CUSTOMERS = LimitName.MEMBERS, LimitName.CLIENT_APPS, LimitName.CUSTOMERS
TICKETS = LimitName.OPEN_TICKETS
SYSTEM = Actor.system()


def test_without_any_plan_there_is_no_end(aurora: House) -> None:
    assert limits_of(aurora.tenant.pk) == {}
    assert room(aurora.tenant.pk, MEMBERS) is None
    require(aurora.tenant.pk, MEMBERS, more=10**6)


def test_without_a_service_the_default_plan_holds(aurora: House) -> None:
    make_plan("free", is_default=True, members=3)
    make_plan("other", members=30)

    assert limits_of(aurora.tenant.pk) == {MEMBERS: Limit(3, None)}


def test_a_plan_takes_the_place_of_the_default(aurora: House, bluefin: House) -> None:
    make_plan("free", is_default=True, members=3, customers=10)
    subscribe(aurora, make_plan("house", members=15))

    assert limits_of(aurora.tenant.pk) == {MEMBERS: Limit(15, None)}
    assert limits_of(bluefin.tenant.pk)[MEMBERS] == Limit(3, None)


def test_add_ons_add_to_what_is_limited(aurora: House) -> None:
    subscribe(aurora, make_plan("house", members=15))
    subscribe(aurora, make_plan("people", is_addon=True, members=5, customers=100))
    subscribe(aurora, make_plan("crowd", is_addon=True, members=20))

    # Customers have no limit, so that a hundred more make none.
    assert limits_of(aurora.tenant.pk) == {MEMBERS: Limit(40, None)}


def test_add_ons_add_to_the_default_plan_too(aurora: House) -> None:
    make_plan("free", is_default=True, members=3)
    subscribe(aurora, make_plan("people", is_addon=True, members=5))

    assert limits_of(aurora.tenant.pk) == {MEMBERS: Limit(8, None)}


def test_what_has_a_price_above_it_is_not_the_end(aurora: House) -> None:
    subscribe(aurora, make_plan("house", members=1, customers=0), customers=2)

    assert limits_of(aurora.tenant.pk) == {MEMBERS: Limit(1, None), CUSTOMERS: Limit(0, 2)}
    assert [each.is_hard for each in limits_of(aurora.tenant.pk).values()].count(True) == 1
    require(aurora.tenant.pk, CUSTOMERS, more=1000)


@pytest.mark.parametrize(
    ("verbs", "included"),
    [([], None), (["activate"], 15), (["activate", "fall_due"], 15), (["cancel"], None)],
)
def test_only_what_is_in_use_counts(aurora: House, verbs: list[str], included: int | None) -> None:
    terms = Terms(make_plan("house", members=15), "EUR", "month", 1000, {})
    service = Service.order(aurora.tenant.pk, terms, by=SYSTEM)
    for verb in verbs:
        days = [FIRST_DAY] if verb == "activate" else []
        getattr(service, verb)(*days, by=SYSTEM)

    limit = limits_of(aurora.tenant.pk).get(MEMBERS)
    assert (limit and limit.included) == included


def test_a_withdrawn_plan_goes_on_for_who_has_it(aurora: House) -> None:
    plan = make_plan("house", members=15)
    subscribe(aurora, plan)
    plan.withdrawn_at = timezone.now()
    plan.save()

    assert limits_of(aurora.tenant.pk)[MEMBERS].included == 15


def test_members_ask_for_their_own_only(aurora: House, bluefin: House) -> None:
    subscribe(aurora, make_plan("house", members=15))
    subscribe(bluefin, make_plan("group", members=50))

    for house, included in ((aurora, 15), (bluefin, 50)):
        with tenant_scope(house.tenant.pk):
            assert limits_of(house.tenant.pk)[MEMBERS].included == included
    with (
        tenant_scope(aurora.tenant.pk),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        limits_of(bluefin.tenant.pk)


def test_the_catalogue_is_closed_to_the_tenant_role(aurora: House) -> None:
    for table in ("services_plan", "services_planlimit", "services_planprice"):
        with (
            tenant_scope(aurora.tenant.pk),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT * FROM {table}")


def test_what_takes_a_place(aurora: House, bluefin: House) -> None:
    tenant = aurora.tenant
    by = as_member(aurora, "owner")
    for name in ("open", "expired", "withdrawn"):
        Invitation.make(tenant.pk, email=f"{name}@example.com", role=Role.WAITER, by=by)
    past = timezone.now() - timedelta(seconds=1)
    Invitation.objects.filter(email="expired@example.com").update(expires_at=past)
    Invitation.objects.get(email="withdrawn@example.com").withdraw(by=by)
    aurora.members["waiter"].revoke(by=by)
    gone = ClientApp.objects.create(tenant=tenant, name="Gone", scopes=[])
    gone.revoke(by=SYSTEM)
    Customer.add(tenant.pk, {"name": "Ada"})
    Customer.add(tenant.pk, {"name": "Erased"}).forget(at=timezone.now())
    a_ticket(aurora)
    close_ticket(tenant.pk, a_ticket(aurora).pk, by=SYSTEM)

    # Three of four members and one invitation that can be accepted.
    assert used(tenant.pk) == {MEMBERS: 4, APPS: 1, CUSTOMERS: 1, TICKETS: 1}
    both = used_by([tenant.pk, bluefin.tenant.pk])
    assert both[tenant.pk] == used(tenant.pk)
    assert both[bluefin.tenant.pk] == {MEMBERS: 4, APPS: 1, CUSTOMERS: 0, TICKETS: 0}
    with tenant_scope(tenant.pk):
        assert used(tenant.pk) == both[tenant.pk]
    assert used(tenant.pk, [CUSTOMERS]) == {CUSTOMERS: 1}


def test_it_takes_one_query_for_many(
    aurora: House, bluefin: House, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1), owner_scope():  # type: ignore[operator]
        used_by([aurora.tenant.pk, bluefin.tenant.pk])


def test_the_last_place_is_one(aurora: House) -> None:
    subscribe(aurora, make_plan("house", members=5))

    require(aurora.tenant.pk, MEMBERS)
    with pytest.raises(LimitReached) as refusal:
        require(aurora.tenant.pk, MEMBERS, more=2)

    assert refusal.value.extensions == {"limit": "members", "included": 5, "used": 4}


def test_of_what_is_too_much_already_not_even_that_stays(aurora: House) -> None:
    subscribe(aurora, make_plan("house", members=3))

    with pytest.raises(LimitReached):
        require(aurora.tenant.pk, MEMBERS, more=0)
    found = room(aurora.tenant.pk, MEMBERS)
    assert found
    assert found.left == 0


def test_what_another_plan_would_include(aurora: House) -> None:
    subscribe(aurora, make_plan("house", members=15, client_apps=5))
    subscribe(aurora, make_plan("people", is_addon=True, members=5))

    included = included_with(aurora.tenant.pk, make_plan("tiny", members=1, customers=9))

    assert included == {MEMBERS: 6, CUSTOMERS: 9}
