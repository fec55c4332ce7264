"""What can become of a membership, and who stands in the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connection, transaction
from django.utils import timezone

from backend.accounts.models import Person
from backend.conftest import House
from backend.tenants.errors import LastOwner, MembershipRevoked
from backend.tenants.models import Member, Role


def second_owner(house: House) -> Member:
    person = Person.objects.create(email=f"second@{house.tenant.slug}.test", name="Second")
    return Member.objects.create(tenant=house.tenant, person=person, role=Role.OWNER)


def test_a_member_gets_another_role(aurora: House, bluefin: House) -> None:
    aurora.members["waiter"].change_role(Role.MANAGER)

    stored = Member.objects.get(pk=aurora.members["waiter"].pk)
    assert stored.role == Role.MANAGER
    assert Member.objects.get(pk=bluefin.members["waiter"].pk).role == Role.WAITER


def test_the_last_owner_keeps_the_role(aurora: House, bluefin: House) -> None:
    second_owner(bluefin)

    with pytest.raises(LastOwner):
        aurora.members["owner"].change_role(Role.WAITER)

    assert Member.objects.get(pk=aurora.members["owner"].pk).role == Role.OWNER


def test_the_last_owner_can_be_confirmed_as_owner(aurora: House) -> None:
    aurora.members["owner"].change_role(Role.OWNER)

    assert Member.objects.get(pk=aurora.members["owner"].pk).role == Role.OWNER


def test_the_last_owner_stays(aurora: House, bluefin: House) -> None:
    second_owner(bluefin)

    with pytest.raises(LastOwner):
        aurora.members["owner"].revoke(at=timezone.now())

    assert Member.objects.get(pk=aurora.members["owner"].pk).revoked_at is None


def test_a_revoked_owner_does_not_count(aurora: House) -> None:
    second_owner(aurora).revoke(at=timezone.now())

    with pytest.raises(LastOwner):
        aurora.members["owner"].revoke(at=timezone.now())


def test_one_of_two_owners_may_leave(aurora: House) -> None:
    second_owner(aurora)
    now = timezone.now()

    aurora.members["owner"].revoke(at=now)

    assert Member.objects.get(pk=aurora.members["owner"].pk).revoked_at == now


def test_what_is_revoked_does_not_change_any_more(aurora: House) -> None:
    waiter = aurora.members["waiter"]
    earlier = timezone.now()
    waiter.revoke(at=earlier)

    with pytest.raises(MembershipRevoked):
        waiter.revoke(at=timezone.now())
    with pytest.raises(MembershipRevoked):
        waiter.change_role(Role.OWNER)

    stored = Member.objects.get(pk=waiter.pk)
    assert (stored.role, stored.revoked_at) == (Role.WAITER, earlier)


@pytest.mark.django_db(transaction=True)
def test_two_owners_can_not_leave_at_the_same_time(aurora: House) -> None:
    """The second begins before the first has committed, and must not judge by what it sees then."""
    owner, other = aurora.members["owner"], second_owner(aurora)

    def leave() -> bool:
        try:
            other.revoke(at=timezone.now())
        except LastOwner:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            owner.revoke(at=timezone.now())
            left = pool.submit(leave)
            wait([left], timeout=0.5)
        assert not left.result(timeout=10)

    current = Member.objects.current().filter(tenant=aurora.tenant, role=Role.OWNER)
    assert list(current) == [other]
