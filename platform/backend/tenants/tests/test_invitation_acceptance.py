"""invitations/preview/ and invitations/acceptance/: what the link in the mail opens, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.conftest import Api, House
from backend.tenants.models import Invitation, Member, Role, State
from backend.tenants.tests.test_members import as_member, events

Visit = Callable[..., Api]
NINA = "nina@example.com"
BY = Actor.system()


@pytest.fixture
def nina(db: None) -> Person:
    return Person.objects.create(email=NINA, name="Nina Keller")


@pytest.fixture
def token(aurora: House) -> str:
    return Invitation.make(
        aurora.tenant.pk, email=NINA, role=Role.WAITER, by=as_member(aurora, "owner")
    )[1]


def members() -> set[tuple[str, str, str]]:
    rows = Member.objects.current().filter(person__email=NINA)
    return set(rows.values_list("tenant__slug", "person__email", "role"))


def accept(api: Api, token: Any) -> Any:
    return api.post("invitations/acceptance/", {"token": token})


def preview(api: Api, token: Any) -> Any:
    return api.post("invitations/preview/", {"token": token})


def move_to(state: str) -> None:
    """Past the guard of transitions: only what a state permits is asked here."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tenants_tenant DISABLE TRIGGER guarded_transitions")
        cursor.execute("UPDATE tenants_tenant SET state = %s", [state])


def test_whoever_has_the_link_reads_what_it_is_about(portal: Api, token: str) -> None:
    reply = preview(portal, token)

    assert reply.json() | {"expires_at": ""} == {
        "tenant_name": "Trattoria Aurora",
        "invited_by": "Owner Trattoria Aurora",
        "email": NINA,
        "role": "waiter",
        "expires_at": "",
        "has_account": False,
    }
    assert reply["Cache-Control"] == "no-store"


def test_it_says_whether_one_can_sign_in(portal: Api, token: str, nina: Person) -> None:
    assert preview(portal, token).json()["has_account"] is True


def test_only_the_portal_shows_it(aurora: House, token: str) -> None:
    assert preview(aurora.app, token).status_code == 403
    assert accept(aurora.app, token).status_code == 403
    assert members() == set()


def test_the_invited_person_joins(
    aurora: House, bluefin: House, visit: Visit, nina: Person, token: str
) -> None:
    api = visit(nina)

    reply = accept(api, token)

    assert reply.status_code == 201
    assert reply.json() == {"slug": "aurora", "name": "Trattoria Aurora", "role": "waiter"}
    assert members() == {("aurora", NINA, "waiter")}
    assert api.get("tenant/", x_tenant="aurora").json()["slug"] == "aurora"
    assert api.get("members/", x_tenant="aurora").status_code == 403
    invitation = Invitation.objects.get()
    assert invitation.accepted_at is not None
    assert invitation.member == Member.objects.get(person=nina)
    assert events(aurora)[1:] == [
        (
            "member.joined",
            "Nina Keller",
            "Nina Keller",
            {"role": "waiter", "invited_by": "Owner Trattoria Aurora"},
        )
    ]
    assert events(bluefin) == []


def test_the_list_of_open_ones_is_shorter_then(
    aurora: House, visit: Visit, nina: Person, token: str
) -> None:
    accept(visit(nina), token)

    owner = visit(aurora.person("owner"), aurora.tenant)
    assert owner.get("invitations/").json()["results"] == []
    # Nor can it be withdrawn, or sent once more.
    path = f"invitations/{Invitation.objects.get().pk}/"
    assert [owner.delete(path).status_code, owner.post(f"{path}mails/").status_code] == [404, 404]


def test_a_link_is_good_for_one_membership(
    aurora: House, visit: Visit, portal: Api, nina: Person, token: str
) -> None:
    accept(visit(nina), token)

    again = accept(visit(nina), token)

    assert (again.status_code, again.json()["code"]) == (409, "member-already")
    assert again.json()["slug"] == "aurora"
    assert preview(portal, token).json()["code"] == "invitation-not-found"
    Member.objects.get(person=nina).revoke(by=BY)
    back = accept(visit(nina), token)
    assert (back.status_code, back.json()["code"]) == (404, "invitation-not-found")
    assert members() == set()


def test_who_was_sent_away_comes_back_by_a_new_invitation(
    aurora: House, visit: Visit, nina: Person, token: str
) -> None:
    accept(visit(nina), token)
    Member.objects.get(person=nina).revoke(by=BY)
    _, new = Invitation.make(
        aurora.tenant.pk, email=NINA, role=Role.MANAGER, by=as_member(aurora, "owner")
    )

    assert accept(visit(nina), new).status_code == 201

    assert members() == {("aurora", NINA, "manager")}
    assert Member.objects.filter(person=nina).count() == 2


def test_a_member_by_another_way_keeps_the_role(
    aurora: House, visit: Visit, nina: Person, token: str
) -> None:
    Member.objects.create(tenant=aurora.tenant, person=nina, role=Role.ACCOUNTANT)

    reply = accept(visit(nina), token)

    assert (reply.status_code, reply.json()["code"]) == (409, "member-already")
    assert members() == {("aurora", NINA, "accountant")}


def test_it_is_for_the_invited_address_only(
    aurora: House, bluefin: House, visit: Visit, token: str
) -> None:
    for person in (bluefin.person("owner"), aurora.person("waiter")):
        before = Member.objects.count()

        reply = accept(visit(person), token)

        assert (reply.status_code, reply.json()["code"]) == (403, "invitation-for-another")
        assert NINA not in reply.content.decode()
        assert Member.objects.count() == before
    assert Invitation.objects.get().accepted_at is None


def test_the_address_counts_as_it_is_now(visit: Visit, nina: Person, token: str) -> None:
    Person.objects.filter(pk=nina.pk).update(email="elsewhere@example.com")

    assert accept(visit(nina), token).json()["code"] == "invitation-for-another"


def test_nobody_joins_without_signing_in(portal: Api, token: str) -> None:
    reply = accept(portal, token)

    assert (reply.status_code, reply.json()["code"]) == (401, "not-signed-in")
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("answer", [preview, accept])
@pytest.mark.parametrize("token", ["x", "x" * 43, "é" * 43, "x" * 200, "' OR true --"], ids=str)
def test_made_up_links_open_nothing(
    visit: Visit, nina: Person, answer: Callable[[Api, str], Any], token: str
) -> None:
    reply = answer(visit(nina), token)

    assert (reply.status_code, reply.json()["code"]) == (404, "invitation-not-found")


@pytest.mark.parametrize("answer", [preview, accept])
@pytest.mark.parametrize("token", ["", None, "x" * 201, "a\x00b", ["x"], {}], ids=repr)
def test_what_is_no_token_is_refused(
    visit: Visit, nina: Person, answer: Callable[[Api, Any], Any], token: Any
) -> None:
    reply = answer(visit(nina), token)

    assert (reply.status_code, reply.json()["code"]) == (400, "invalid")


def test_the_digest_is_no_token(visit: Visit, nina: Person, token: str) -> None:
    digest = Invitation.objects.get().digest

    assert accept(visit(nina), digest).status_code == 404
    assert members() == set()


@pytest.mark.parametrize(("age", "status"), [(-1, 201), (0, 410), (1, 410)])
def test_after_a_week_it_is_over(
    visit: Visit, portal: Api, nina: Person, token: str, age: int, status: int
) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=age))

    looked, joined = preview(portal, token), accept(visit(nina), token)

    assert (looked.status_code, joined.status_code) == (200 if status == 201 else 410, status)
    if status == 410:
        assert looked.json()["code"] == joined.json()["code"] == "invitation-over"
    assert len(members()) == (status == 201)


def test_a_new_mail_ends_the_old_link(
    aurora: House, visit: Visit, portal: Api, nina: Person, token: str
) -> None:
    new = Invitation.objects.get().renew(by=as_member(aurora, "owner"))

    for old in (preview(portal, token), accept(visit(nina), token)):
        assert old.json()["code"] == "invitation-not-found"
    assert accept(visit(nina), new).status_code == 201


def test_a_withdrawn_one_opens_nothing(visit: Visit, portal: Api, nina: Person, token: str) -> None:
    Invitation.objects.get().withdraw(by=BY)

    for refused in (preview(portal, token), accept(visit(nina), token)):
        assert (refused.status_code, refused.json()["code"]) == (404, "invitation-not-found")
    assert members() == set()


@pytest.mark.parametrize("state", State.values)
def test_the_state_decides_whether_people_join(
    visit: Visit, portal: Api, nina: Person, token: str, state: str
) -> None:
    move_to(state)

    looked, joined = preview(portal, token), accept(visit(nina), token)

    if state in ("draft", "provisioning", "active"):
        assert (looked.status_code, joined.status_code) == (200, 201)
    else:
        for refused in (looked, joined):
            assert (refused.status_code, refused.json()["code"]) == (403, "tenant-state")
            assert refused.json()["state"] == state
    assert len(members()) == (joined.status_code == 201)


def test_pressing_twice_does_it_once(aurora: House, visit: Visit, nina: Person, token: str) -> None:
    api = visit(nina)

    replies = [
        api.post("invitations/acceptance/", {"token": token}, idempotency_key="k") for _ in range(2)
    ]

    assert [reply.status_code for reply in replies] == [201, 201]
    assert replies[0].json() == replies[1].json()
    assert len(events(aurora)) == 2


def test_links_are_not_guessed_at_speed(portal: Api, token: str, settings: Any) -> None:
    settings.RATE_CLASSES = settings.RATE_CLASSES | {
        "auth": settings.RATE_CLASSES["auth"].__class__(2, 60)
    }

    assert [preview(portal, "x").status_code for _ in range(3)] == [404, 404, 429]


def test_nothing_of_the_token_is_logged(
    visit: Visit, portal: Api, nina: Person, token: str, caplog: Any, capsys: Any
) -> None:
    caplog.set_level("DEBUG")
    preview(portal, token)
    accept(visit(nina), token)

    written = caplog.text + "".join(capsys.readouterr())
    assert token not in written
