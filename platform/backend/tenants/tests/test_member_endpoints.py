"""members/ and me/memberships/: who sees whom, who may do what, and when it takes effect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Person, Session
from backend.accounts.sessions import StaffSessionStore
from backend.common.actor import Actor
from backend.conftest import Api, House, session_token
from backend.tenants.models import Member, Role
from backend.tenants.tests.test_members import events, second_owner, stored

Visit = Callable[..., Api]
BY = Actor.system()


def acting(visit: Visit, house: House, role: str) -> Api:
    return visit(house.person(role), house.tenant)


def by_role(reply: Any) -> dict[str, dict[str, Any]]:
    return {each["role"]: each for each in reply.json()["results"]}


def test_the_list_is_the_houses_own_by_name(aurora: House, bluefin: House, visit: Visit) -> None:
    aurora.members["accountant"].revoke(by=BY)

    reply = acting(visit, aurora, "owner").get("members/")

    assert [each["email"] for each in reply.json()["results"]] == [
        "manager@aurora.test",
        "owner@aurora.test",
        "waiter@aurora.test",
    ]
    assert [each["you"] for each in reply.json()["results"]] == [False, True, False]


def test_names_are_sorted_as_people_do(aurora: House, visit: Visit) -> None:
    Person.objects.filter(email="waiter@aurora.test").update(name="adam")
    Person.objects.filter(email="owner@aurora.test").update(name="Bea")

    reply = acting(visit, aurora, "owner").get("members/")

    names = [each["name"] for each in reply.json()["results"]]
    assert names[:2] == ["Accountant Trattoria Aurora", "adam"]


def test_pages_follow_each_other(aurora: House, visit: Visit) -> None:
    owner = acting(visit, aurora, "owner")
    for order in ("name", "joined"):
        found, cursor = [], ""
        while cursor is not None:
            page = owner.get(f"members/?limit=1&order={order}&cursor={cursor}").json()
            found += [each["role"] for each in page["results"]]
            cursor = page["next_cursor"]
        expected = sorted(Role.values) if order == "name" else list(Role.values)
        assert found == expected


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("WAITER", ["waiter"]),
        ("r@aurora", ["manager", "owner", "waiter"]),
        ("%", []),
        ("bluefin", []),
        (" owner ", ["owner"]),
    ],
)
def test_people_are_found(
    aurora: House, bluefin: House, visit: Visit, q: str, found: list[str]
) -> None:
    reply = acting(visit, aurora, "owner").get(f"members/?q={q}")

    assert [each["role"] for each in reply.json()["results"]] == found


@pytest.mark.parametrize("q", ["x" * 101, "%00"])
def test_a_strange_search_is_refused(aurora: House, visit: Visit, q: str) -> None:
    reply = acting(visit, aurora, "owner").get(f"members/?q={q}")

    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "q")


def test_the_list_costs_the_same_however_long_it_is(aurora: House, visit: Visit) -> None:
    owner = acting(visit, aurora, "owner")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get("members/").status_code == 200
        return len([each for each in queries if "tenants_member" in each["sql"]])

    assert cost() == 1
    for number in range(20):
        person = Person.objects.create(email=f"{number}@aurora.test", name=f"Person {number}")
        Member.objects.create(tenant=aurora.tenant, person=person, role=Role.WAITER)
    assert cost() == 1


def test_it_says_when_people_were_seen_and_how_they_sign_in(aurora: House, visit: Visit) -> None:
    TOTP.activate(aurora.person("manager"), generate_totp_secret())
    session_token(aurora.person("accountant"))
    session_token(aurora.person("accountant"))
    latest = datetime(2026, 11, 1, 12, tzinfo=UTC)
    sessions = Session.objects.filter(person=aurora.person("accountant")).order_by("id")
    Session.objects.update(last_seen_at=datetime(2026, 10, 1, tzinfo=UTC))
    Session.objects.filter(pk=sessions[0].pk).update(last_seen_at=latest)
    signed_in = datetime(2026, 9, 1, tzinfo=UTC)
    Person.objects.filter(email__in=["waiter@aurora.test", "accountant@aurora.test"]).update(
        last_login=signed_in
    )
    session_token(aurora.person("manager"), StaffSessionStore)

    found = by_role(acting(visit, aurora, "owner").get("members/"))

    assert {role: each["two_factor"] for role, each in found.items()} == {
        "owner": False, "manager": True, "accountant": False, "waiter": False,
    }  # fmt: skip
    assert found["accountant"]["last_seen_at"] == "2026-11-01T12:00:00Z"
    assert found["waiter"]["last_seen_at"] == "2026-09-01T00:00:00Z"
    assert found["manager"]["last_seen_at"] is None


BOTH = ["change-role", "revoke"]


@pytest.mark.parametrize(
    ("role", "expected", "assignable"),
    [
        (
            "owner",
            {"owner": [], "manager": BOTH, "accountant": BOTH, "waiter": BOTH},
            ["owner", "manager", "accountant", "waiter"],
        ),
        (
            "manager",
            {"owner": [], "manager": ["leave"], "accountant": BOTH, "waiter": BOTH},
            ["accountant", "waiter"],
        ),
    ],
)
def test_it_says_what_one_may_do(
    aurora: House, visit: Visit, role: str, expected: dict[str, list[str]], assignable: list[str]
) -> None:
    reply = acting(visit, aurora, role).get("members/")

    assert {role: each["can"] for role, each in by_role(reply).items()} == expected
    assert (reply.json()["can"], reply.json()["assignable_roles"]) == (["invite"], assignable)


def test_one_of_two_owners_may_step_down_or_go(aurora: House, visit: Visit) -> None:
    other = second_owner(aurora)

    found = {
        each["id"]: each["can"]
        for each in acting(visit, aurora, "owner").get("members/").json()["results"]
    }

    assert found[str(aurora.members["owner"].pk)] == ["change-role", "leave"]
    assert found[str(other.pk)] == BOTH


def test_a_suspended_business_keeps_its_people_as_they_are(aurora: House, visit: Visit) -> None:
    aurora.tenant.suspend(by=BY, reason="The card was declined.")
    owner, waiter = acting(visit, aurora, "owner"), aurora.members["waiter"]

    reply = owner.get("members/")

    assert all(each["can"] == [] for each in reply.json()["results"])
    assert (reply.json()["can"], reply.json()["assignable_roles"]) == ([], [])
    for refused in (
        owner.patch(f"members/{waiter.pk}/", {"role": "manager"}),
        owner.delete(f"members/{waiter.pk}/"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "tenant-state")
    assert (stored(waiter).role, stored(waiter).revoked_at) == (Role.WAITER, None)


@pytest.mark.parametrize("role", ["accountant", "waiter"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_accountants_and_waiters_have_no_business_there(
    aurora: House, visit: Visit, role: str, method: str
) -> None:
    other = aurora.members["manager"]

    reply = acting(visit, aurora, role)(method, f"members/{other.pk}/", {"role": "waiter"})

    assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")
    assert (stored(other).role, stored(other).revoked_at) == (Role.MANAGER, None)
    assert events(aurora) == []


def test_an_app_may_look_and_no_more(aurora: House) -> None:
    waiter = aurora.members["waiter"]

    reply = aurora.app.get("members/")

    assert all((each["can"], each["you"]) == ([], False) for each in reply.json()["results"])
    assert reply.json()["can"] == []
    assert aurora.app.patch(f"members/{waiter.pk}/", {"role": "owner"}).status_code == 403
    assert aurora.app.delete(f"members/{waiter.pk}/").status_code == 403
    assert (stored(waiter).role, stored(waiter).revoked_at) == (Role.WAITER, None)


def test_a_new_role_holds_at_the_next_request(aurora: House, visit: Visit) -> None:
    waiter = acting(visit, aurora, "waiter")
    assert waiter.get("members/").status_code == 403

    reply = acting(visit, aurora, "owner").patch(
        f"members/{aurora.members['waiter'].pk}/", {"role": "manager"}
    )

    assert (reply.status_code, reply.json()["role"]) == (200, "manager")
    assert waiter.get("members/").status_code == 200


def test_revoking_ends_access_at_the_next_request(aurora: House, visit: Visit) -> None:
    manager = acting(visit, aurora, "manager")
    assert manager.get("tenant/").status_code == 200

    reply = acting(visit, aurora, "owner").delete(f"members/{aurora.members['manager'].pk}/")

    assert (reply.status_code, reply.content) == (204, b"")
    refused = manager.get("tenant/")
    assert (refused.status_code, refused.json()["code"]) == (404, "tenant-not-found")
    # Their login is theirs.
    assert manager.get("me/", x_tenant="").json()["tenants"] == []
    assert [event[0] for event in events(aurora)] == ["member.revoked"]


@pytest.mark.parametrize("body", [{}, {"role": "chef"}, {"role": None}, {"role": "", "x": 1}])
def test_a_strange_role_is_refused(aurora: House, visit: Visit, body: dict[str, Any]) -> None:
    waiter = aurora.members["waiter"]

    reply = acting(visit, aurora, "owner").patch(f"members/{waiter.pk}/", body)

    assert (reply.status_code, reply.json()["code"]) == (400, "invalid")
    assert stored(waiter).role == Role.WAITER


def test_sending_it_twice_does_it_once(aurora: House, visit: Visit) -> None:
    owner, path = acting(visit, aurora, "owner"), f"members/{aurora.members['waiter'].pk}/"

    statuses = [owner.delete(path, idempotency_key="k1").status_code for _ in range(2)]

    assert statuses == [204, 204]
    assert len(events(aurora)) == 1
    again = owner.delete(path)
    assert (again.status_code, again.json()["code"]) == (409, "membership-revoked")


def test_to_end_ones_own_membership_is_to_leave(aurora: House, visit: Visit) -> None:
    second_owner(aurora)
    owner = acting(visit, aurora, "owner")

    assert owner.delete(f"members/{aurora.members['owner'].pk}/").status_code == 204

    assert [event[0] for event in events(aurora)] == ["member.left"]


@pytest.mark.parametrize("role", ["manager", "accountant", "waiter"])
@pytest.mark.parametrize("state", ["active", "suspended", "archived"])
def test_anybody_may_leave_whatever_the_state(
    aurora: House, bluefin: House, visit: Visit, role: str, state: str
) -> None:
    person = aurora.person(role)
    Member.objects.create(tenant=bluefin.tenant, person=person, role=Role.WAITER)
    if state == "suspended":
        aurora.tenant.suspend(by=BY, reason="The card was declined.")
    elif state == "archived":
        aurora.tenant.archive(by=BY, reason="It has closed.")

    reply = visit(person).delete("me/memberships/aurora/")

    assert reply.status_code == 204
    left = Member.objects.current().filter(person=person).values_list("tenant__slug", flat=True)
    assert list(left) == ["bluefin"]
    assert [event[0] for event in events(aurora)] == ["member.left"]
    assert events(bluefin) == []


@pytest.mark.parametrize("slug", ["bluefin", "nowhere", "-"])
def test_one_can_only_leave_where_one_belongs(
    aurora: House, bluefin: House, visit: Visit, slug: str
) -> None:
    reply = visit(aurora.person("waiter")).delete(f"me/memberships/{slug}/")

    assert (reply.status_code, reply.json()["code"]) == (404, "tenant-not-found")
    assert Member.objects.current().count() == 8


def test_only_people_leave(aurora: House, portal: Api) -> None:
    assert aurora.app.delete("me/memberships/aurora/").status_code == 403
    assert portal.delete("me/memberships/aurora/").status_code == 401
    assert Member.objects.current().count() == 4


@pytest.mark.parametrize("whose", ["theirs", "nobody's"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_houses_member_is_unknown_in_every_verb(
    aurora: House, bluefin: House, visit: Visit, whose: str, method: str
) -> None:
    theirs = bluefin.members["waiter"]
    member_id = theirs.pk if whose == "theirs" else uuid4()

    reply = acting(visit, aurora, "owner")(method, f"members/{member_id}/", {"role": "manager"})

    assert (reply.status_code, reply.json()["code"]) == (404, "member-not-found")
    assert (stored(theirs).role, stored(theirs).revoked_at) == (Role.WAITER, None)
    assert events(aurora) == events(bluefin) == []
