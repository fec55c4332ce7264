"""People who act on each other, or twice, at the same moment: on connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.conftest import Api, House
from backend.tenants.errors import (
    InvitationNotFound,
    LastOwner,
    MemberAlready,
    RoleBeyondYours,
)
from backend.tenants.models import Invitation, Member, Role
from backend.tenants.tests.test_members import as_member, second_owner, stored
from backend.tenants.workflows.accept_invitation import accept_invitation

pytestmark = pytest.mark.django_db(transaction=True)


def closing(call: Callable[[], Any]) -> Any:
    try:
        return call()
    finally:
        connection.close()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        return closing(call)

    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(run, call) for call in calls]]


def begun_before_commit(first: Callable[[], Any], second: Callable[[], Any]) -> Future[Any]:
    """`second` begins while `first` is done but not committed: it must not judge by what it sees.

    The result is waited for after the commit.
    """
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            result = pool.submit(closing, second)
            done, _ = wait([result], timeout=0.5)
            assert not done, "It did not wait."
        wait([result], timeout=10)
    return result


def accepting(api: Api, token: str) -> Callable[[], int]:
    return lambda: api.post("invitations/acceptance/", {"token": token}).status_code


def withdrawing(api: Api, invitation: Invitation) -> Callable[[], int]:
    return lambda: api.delete(f"invitations/{invitation.pk}/").status_code


def test_two_owners_can_not_leave_at_the_same_time(aurora: House) -> None:
    owner, other = aurora.members["owner"], second_owner(aurora)

    result = begun_before_commit(
        lambda: owner.leave(by=as_member(aurora, "owner")),
        lambda: other.leave(by=Actor.person(other.person)),
    )

    assert isinstance(result.exception(), LastOwner)
    owners = Member.objects.current().filter(tenant=aurora.tenant, role=Role.OWNER)
    assert list(owners) == [other]


def test_of_two_owners_who_revoke_each_other_one_stays(
    aurora: House, visit: Callable[..., Api]
) -> None:
    owner, other = aurora.members["owner"], second_owner(aurora)
    first, second = visit(owner.person, aurora.tenant), visit(other.person, aurora.tenant)
    for _ in range(5):
        Member.objects.filter(pk__in=[owner.pk, other.pk]).update(revoked_at=None)

        statuses = at_once(
            lambda: first.delete(f"members/{other.pk}/").status_code,
            lambda: second.delete(f"members/{owner.pk}/").status_code,
        )

        # The slower one is refused: for the role that is gone, or at the door already.
        assert statuses.count(204) == 1
        assert {status for status in statuses if status != 204} <= {403, 404}
        assert Member.objects.current().filter(tenant=aurora.tenant, role=Role.OWNER).count() == 1


def test_who_is_sent_away_at_this_moment_has_no_power_left(aurora: House) -> None:
    manager, waiter = aurora.members["manager"], aurora.members["waiter"]

    result = begun_before_commit(
        lambda: manager.revoke(by=as_member(aurora, "owner")),
        lambda: waiter.revoke(by=Actor.person(manager.person)),
    )

    assert isinstance(result.exception(), RoleBeyondYours)
    assert stored(waiter).revoked_at is None


def test_who_is_demoted_at_this_moment_lets_nobody_in(aurora: House) -> None:
    manager = aurora.members["manager"]

    result = begun_before_commit(
        lambda: manager.change_role(Role.WAITER, by=as_member(aurora, "owner")),
        lambda: Invitation.make(
            aurora.tenant.pk,
            email="friend@example.com",
            role=Role.WAITER,
            by=Actor.person(manager.person),
        ),
    )

    assert isinstance(result.exception(), RoleBeyondYours)
    assert not Invitation.objects.exists()


def test_an_address_is_invited_once(aurora: House, visit: Callable[..., Api]) -> None:
    owner = visit(aurora.person("owner"), aurora.tenant)
    body = {"email": "new@example.com", "role": "waiter"}

    statuses = at_once(*[lambda: owner.post("invitations/", body).status_code] * 4)

    assert sorted(statuses) == [201, 409, 409, 409]
    assert Invitation.objects.count() == 1


def test_accepting_twice_at_once_makes_one_member(aurora: House, visit: Callable[..., Api]) -> None:
    person = Person.objects.create(email="new@example.com", name="New")
    for _ in range(3):
        Invitation.objects.all().delete()
        Member.objects.filter(person=person).delete()
        _, token = Invitation.make(
            aurora.tenant.pk, email=person.email, role=Role.WAITER, by=as_member(aurora, "owner")
        )
        api = visit(person)

        statuses = at_once(*[accepting(api, token)] * 4)

        assert sorted(statuses) == [201, 409, 409, 409]
        assert Member.objects.filter(person=person).count() == 1


def test_accepting_and_withdrawing_at_once_does_one_of_both(
    aurora: House, visit: Callable[..., Api]
) -> None:
    person = Person.objects.create(email="new@example.com", name="New")
    owner, api = visit(aurora.person("owner"), aurora.tenant), visit(person)
    for _ in range(5):
        Invitation.objects.all().delete()
        Member.objects.filter(person=person).delete()
        invitation, token = Invitation.make(
            aurora.tenant.pk, email=person.email, role=Role.WAITER, by=as_member(aurora, "owner")
        )

        accepted, withdrawn = at_once(accepting(api, token), withdrawing(owner, invitation))

        assert (accepted, withdrawn) in {(201, 404), (404, 204)}
        assert Member.objects.filter(person=person).count() == (accepted == 201)


def invited(house: House, person: Person) -> tuple[Invitation, str]:
    by = as_member(house, "owner")
    return Invitation.make(house.tenant.pk, email=person.email, role=Role.WAITER, by=by)


def test_a_link_that_is_replaced_at_this_moment_opens_nothing(aurora: House) -> None:
    person = Person.objects.create(email="new@example.com", name="New")
    invitation, token = invited(aurora, person)

    result = begun_before_commit(
        lambda: invitation.renew(by=as_member(aurora, "owner")),
        lambda: accept_invitation(token, person.pk, person.email, by=Actor.person(person)),
    )

    assert isinstance(result.exception(), InvitationNotFound)
    assert not Member.objects.filter(person=person).exists()


def test_whom_staff_add_at_this_moment_is_a_member_already(aurora: House) -> None:
    person = Person.objects.create(email="new@example.com", name="New")
    _, token = invited(aurora, person)

    result = begun_before_commit(
        lambda: Member.objects.create(tenant=aurora.tenant, person=person, role=Role.ACCOUNTANT),
        lambda: accept_invitation(token, person.pk, person.email, by=Actor.person(person)),
    )

    assert isinstance(result.exception(), MemberAlready)
    assert Member.objects.get(person=person).role == Role.ACCOUNTANT
