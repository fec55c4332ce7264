"""What staff see of invitations, and what is on record of what they do to people."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.accounts.models import Person
from backend.conftest import House
from backend.tenants.models import Invitation, Member, Role
from backend.tenants.tests.test_members import as_member, events

Staff = Callable[..., Client]
INVITATIONS = "/admin/tenants/invitation/"
MEMBERS = "/admin/tenants/member/"


def make(house: House, email: str) -> Invitation:
    return Invitation.make(
        house.tenant.pk, email=email, role=Role.WAITER, by=as_member(house, "owner")
    )[0]


@pytest.fixture
def four(aurora: House, bluefin: House) -> dict[str, Invitation]:
    found = {state: make(aurora, f"{state}@example.com") for state in ("open", "expired")}
    found["withdrawn"] = make(aurora, "withdrawn@example.com")
    found["withdrawn"].withdraw(by=as_member(aurora, "owner"))
    found["accepted"] = make(bluefin, "accepted@example.com")
    person = Person.objects.create(email="accepted@example.com", name="Accepted")
    found["accepted"].accept(person.pk, by=as_member(bluefin, "owner"))
    Invitation.objects.exclude(pk=found["open"].pk).update(
        expires_at=timezone.now() - timedelta(days=1)
    )
    return found


@pytest.mark.parametrize("state", ["open", "expired", "withdrawn", "accepted"])
def test_they_are_found_by_state(staff: Staff, four: dict[str, Invitation], state: str) -> None:
    page = staff().get(f"{INVITATIONS}?state={state}")

    assert [row.email for row in page.context["cl"].result_list] == [f"{state}@example.com"]
    assert state.capitalize() in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=open@", ["open"]), ("q=bluefin", ["accepted"]), ("role__exact=owner", [])],
)
def test_they_are_searched(
    staff: Staff, four: dict[str, Invitation], query: str, found: list[str]
) -> None:
    page = staff().get(f"{INVITATIONS}?{query}")

    assert [row.email.partition("@")[0] for row in page.context["cl"].result_list] == found


def test_the_list_costs_the_same_however_long_it_is(staff: Staff, aurora: House) -> None:
    browser = staff()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(INVITATIONS).status_code == 200
        return len(queries)

    make(aurora, "first@example.com")
    assert cost() == 4
    for number in range(10):
        make(aurora, f"{number}@example.com")
    assert cost() == 4


def test_one_is_looked_at_without_its_digest(staff: Staff, four: dict[str, Invitation]) -> None:
    for state, invitation in four.items():
        page = staff().get(f"{INVITATIONS}{invitation.pk}/change/").content.decode()

        assert invitation.email in page
        assert re.search(rf">\s*{state.capitalize()}\s*<", page)
        assert invitation.digest not in page


def test_staff_withdraw_it_on_record(
    staff: Staff, aurora: House, four: dict[str, Invitation]
) -> None:
    browser, invitation = staff(), four["open"]
    path = f"{INVITATIONS}{invitation.pk}/withdraw/"

    assert browser.get(path).status_code == 200
    assert Invitation.objects.get(pk=invitation.pk).withdrawn_at is None
    browser.post(path)

    assert Invitation.objects.get(pk=invitation.pk).withdrawn_at is not None
    assert events(aurora)[-1] == (
        "member.invitation-withdrawn", "Staff", "open@example.com", {"role": "waiter"},
    )  # fmt: skip
    assert LogEntry.objects.get().get_change_message().endswith("is withdrawn.")
    assert browser.post(path).status_code == 404


@pytest.mark.parametrize("state", ["withdrawn", "accepted"])
def test_what_is_closed_offers_nothing(
    staff: Staff, four: dict[str, Invitation], state: str
) -> None:
    browser, path = staff(), f"{INVITATIONS}{four[state].pk}/"

    assert browser.get(f"{path}change/").context["actions_detail"] == []
    assert browser.post(f"{path}withdraw/").status_code == 404


@pytest.mark.parametrize(
    ("permission", "status"),
    [("tenants.withdraw_invitation", 302), ("tenants.change_invitation", 403)],
)
def test_to_withdraw_has_a_permission_of_its_own(
    staff: Staff, four: dict[str, Invitation], permission: str, status: int
) -> None:
    browser = staff("tenants.view_invitation", permission)

    response = browser.post(f"{INVITATIONS}{four['open'].pk}/withdraw/")

    assert response.status_code == status
    withdrawn_at = Invitation.objects.get(pk=four["open"].pk).withdrawn_at
    assert (withdrawn_at is not None) == (status == 302)


def test_nothing_is_made_or_changed_by_hand(staff: Staff, four: dict[str, Invitation]) -> None:
    browser, row = staff(), four["open"]

    assert browser.get(f"{INVITATIONS}add/").status_code == 403
    assert browser.post(f"{INVITATIONS}{row.pk}/change/", {"role": "owner"}).status_code == 403
    assert browser.post(f"{INVITATIONS}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Invitation.objects.get(pk=row.pk).role == Role.WAITER


def test_what_staff_do_to_members_is_on_record(staff: Staff, aurora: House) -> None:
    browser, person = staff(), Person.objects.create(email="new@aurora.test", name="New")
    browser.post(
        f"{MEMBERS}add/", {"tenant": aurora.tenant.pk, "person": person.pk, "role": "waiter"}
    )
    path = f"{MEMBERS}{Member.objects.get(person=person).pk}/"
    browser.post(f"{path}change_role/", {"role": "manager"})
    browser.post(f"{path}revoke/")

    assert events(aurora) == [
        ("member.joined", "Staff", "New", {"role": "waiter"}),
        ("member.role-changed", "Staff", "New", {"from": "waiter", "to": "manager"}),
        ("member.revoked", "Staff", "New", {"role": "manager"}),
    ]


def test_what_a_rule_forbids_is_not_on_record(staff: Staff, aurora: House) -> None:
    owner = aurora.members["owner"]

    staff().post(f"{MEMBERS}{owner.pk}/revoke/")

    assert events(aurora) == []
