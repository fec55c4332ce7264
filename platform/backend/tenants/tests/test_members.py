"""What can become of a membership, and who stands in the way."""

from __future__ import annotations

from typing import Any

import pytest

from backend.accounts.models import Person
from backend.audit.models import AuditEvent
from backend.common.actor import Actor
from backend.conftest import House
from backend.tenants.errors import LastOwner, MembershipRevoked, RoleBeyondYours
from backend.tenants.models import Member, Role

BY = Actor.system()


def second_owner(house: House) -> Member:
    person = Person.objects.create(email=f"second@{house.tenant.slug}.test", name="Second")
    return Member.objects.create(tenant=house.tenant, person=person, role=Role.OWNER)


def stored(member: Member) -> Member:
    found: Member = Member.objects.get(pk=member.pk)
    return found


def as_member(house: House, role: str) -> Actor:
    return Actor.person(house.person(role))


def events(house: House) -> list[tuple[str, str, str, dict[str, Any]]]:
    """What is on record of people: what, who, about whom, and the facts; the oldest first."""
    found = AuditEvent.objects.for_tenant(house.tenant.pk).filter(action__startswith="member.")
    return list(found.order_by("id").values_list("action", "by_name", "about_name", "data"))


def test_a_member_gets_another_role(aurora: House, bluefin: House) -> None:
    aurora.members["waiter"].change_role(Role.MANAGER, by=as_member(aurora, "owner"))

    assert stored(aurora.members["waiter"]).role == Role.MANAGER
    assert stored(bluefin.members["waiter"]).role == Role.WAITER
    assert events(aurora) == [
        (
            "member.role-changed",
            "Owner Trattoria Aurora",
            "Waiter Trattoria Aurora",
            {"from": "waiter", "to": "manager"},
        )
    ]
    assert events(bluefin) == []


def test_the_same_role_again_is_no_event(aurora: House) -> None:
    aurora.members["waiter"].change_role(Role.WAITER, by=BY)

    assert events(aurora) == []


def test_the_last_owner_keeps_the_role(aurora: House, bluefin: House) -> None:
    second_owner(bluefin)

    with pytest.raises(LastOwner):
        aurora.members["owner"].change_role(Role.WAITER, by=BY)

    assert stored(aurora.members["owner"]).role == Role.OWNER
    assert events(aurora) == []


def test_the_last_owner_can_be_confirmed_as_owner(aurora: House) -> None:
    aurora.members["owner"].change_role(Role.OWNER, by=BY)

    assert stored(aurora.members["owner"]).role == Role.OWNER


@pytest.mark.parametrize("verb", ["revoke", "leave"])
def test_the_last_owner_stays(aurora: House, bluefin: House, verb: str) -> None:
    second_owner(bluefin)

    with pytest.raises(LastOwner):
        getattr(aurora.members["owner"], verb)(by=as_member(aurora, "owner"))

    assert stored(aurora.members["owner"]).revoked_at is None
    assert events(aurora) == []


def test_a_revoked_owner_does_not_count(aurora: House) -> None:
    second_owner(aurora).revoke(by=BY)

    with pytest.raises(LastOwner):
        aurora.members["owner"].leave(by=as_member(aurora, "owner"))


def test_one_of_two_owners_may_leave(aurora: House) -> None:
    second_owner(aurora)

    aurora.members["owner"].leave(by=as_member(aurora, "owner"))

    assert stored(aurora.members["owner"]).revoked_at is not None
    name = "Owner Trattoria Aurora"
    assert events(aurora) == [("member.left", name, name, {"role": "owner"})]


def test_who_is_revoked_stays_on_record(aurora: House) -> None:
    aurora.members["accountant"].revoke(by=as_member(aurora, "manager"))

    assert stored(aurora.members["accountant"]).revoked_at is not None
    assert events(aurora) == [
        (
            "member.revoked",
            "Manager Trattoria Aurora",
            "Accountant Trattoria Aurora",
            {"role": "accountant"},
        )
    ]


def test_what_is_revoked_does_not_change_any_more(aurora: House) -> None:
    waiter = aurora.members["waiter"]
    waiter.revoke(by=BY)
    before = stored(waiter).revoked_at

    for change in (
        lambda: waiter.revoke(by=BY),
        lambda: waiter.leave(by=as_member(aurora, "waiter")),
        lambda: waiter.change_role(Role.OWNER, by=BY),
    ):
        with pytest.raises(MembershipRevoked):
            change()

    assert (stored(waiter).role, stored(waiter).revoked_at) == (Role.WAITER, before)


HANDLED = {
    "owner": {"owner", "manager", "accountant", "waiter"},
    "manager": {"accountant", "waiter"},
    "accountant": set(),
    "waiter": set(),
}


@pytest.mark.parametrize("acting", Role.values)
@pytest.mark.parametrize("role", Role.values)
def test_each_role_handles_those_that_it_may(aurora: House, acting: str, role: str) -> None:
    second_owner(aurora)
    person = Person.objects.create(email="other@aurora.test", name="Other")
    other = Member.objects.create(tenant=aurora.tenant, person=person, role=role)
    by = as_member(aurora, acting)
    target = Role.ACCOUNTANT if role == Role.WAITER else Role.WAITER

    for change in (lambda: other.change_role(target, by=by), lambda: other.revoke(by=by)):
        if role in HANDLED[acting]:
            change()
            role = target
        else:
            with pytest.raises(RoleBeyondYours):
                change()

    assert (stored(other).revoked_at is not None) == (role in HANDLED[acting])
    assert len(events(aurora)) == (2 if role in HANDLED[acting] else 0)


@pytest.mark.parametrize("acting", Role.values)
@pytest.mark.parametrize("role", Role.values)
def test_each_role_gives_those_that_it_may(aurora: House, acting: str, role: str) -> None:
    start = Role.ACCOUNTANT if role == Role.WAITER else Role.WAITER
    person = Person.objects.create(email="other@aurora.test", name="Other")
    other = Member.objects.create(tenant=aurora.tenant, person=person, role=start)
    by = as_member(aurora, acting)

    if role in HANDLED[acting]:
        other.change_role(role, by=by)
    else:
        with pytest.raises(RoleBeyondYours):
            other.change_role(role, by=by)

    assert stored(other).role == (role if role in HANDLED[acting] else start)


@pytest.mark.parametrize("acting", ["manager", "accountant", "waiter"])
def test_nobody_raises_themselves(aurora: House, acting: str) -> None:
    with pytest.raises(RoleBeyondYours):
        aurora.members[acting].change_role(Role.OWNER, by=as_member(aurora, acting))

    assert stored(aurora.members[acting]).role == acting


def test_power_over_one_business_is_none_over_another(aurora: House, bluefin: House) -> None:
    with pytest.raises(RoleBeyondYours):
        bluefin.members["waiter"].revoke(by=as_member(aurora, "owner"))

    assert stored(bluefin.members["waiter"]).revoked_at is None


def test_the_power_is_gone_with_the_membership(aurora: House) -> None:
    by = as_member(aurora, "manager")
    aurora.members["manager"].revoke(by=BY)

    with pytest.raises(RoleBeyondYours):
        aurora.members["waiter"].revoke(by=by)

    assert stored(aurora.members["waiter"]).revoked_at is None
