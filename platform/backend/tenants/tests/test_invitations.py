"""invitations/: asking people in, asking again, thinking better of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.accounts.models import Person
from backend.accounts.tests.conftest import Mailbox
from backend.common.actor import Actor
from backend.conftest import Api, House
from backend.tenants.models import Invitation, Member, Role, State, Tenant
from backend.tenants.models.invitation import MOST_OPEN, token_digest
from backend.tenants.tests.test_members import as_member, events

Visit = Callable[..., Api]
NINA = "nina@example.com"
LINK = re.compile(r"^ {4}http://\S+/invitations/([\w-]{43})/$", re.MULTILINE)


def acting(visit: Visit, house: House, role: str = "owner") -> Api:
    return visit(house.person(role), house.tenant)


def invited(
    house: House, email: str = NINA, role: str = Role.WAITER, by: str = "owner"
) -> Invitation:
    return Invitation.make(house.tenant.pk, email=email, role=role, by=as_member(house, by))[0]


def rows() -> list[dict[str, Any]]:
    return list(Invitation.objects.order_by("pk").values())


def test_the_mail_carries_the_only_copy_of_the_token(
    aurora: House, visit: Visit, mailbox: Mailbox
) -> None:
    body = {"email": " Nina@Example.com", "role": "waiter"}

    reply = acting(visit, aurora).post("invitations/", body)

    assert reply.status_code == 201
    (mail,) = mailbox.read()
    assert mail.to == [NINA]
    (token,) = LINK.findall(mail.body)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.digest) == (
        NINA, Role.WAITER, token_digest(token),
    )  # fmt: skip
    assert invitation.expires_at - invitation.created_at > timedelta(days=6, hours=23)
    assert token not in reply.content.decode()
    assert token not in str(rows())
    assert token not in str(list(ProcrastinateJob.objects.values_list("args", flat=True)))
    assert events(aurora) == [
        ("member.invited", "Owner Trattoria Aurora", NINA, {"role": "waiter"})
    ]


@pytest.mark.parametrize(
    ("language_of_tenant", "language_of_person", "subject", "how"),
    [
        ("en", None, "Owner Trattoria Aurora invites you to Trattoria Aurora", "sign up"),
        ("de", None, "Owner Trattoria Aurora lädt Sie zu Trattoria Aurora ein", "registrieren"),
        ("de", "en", "Owner Trattoria Aurora invites you to Trattoria Aurora", "sign in"),
        ("en", "de", "Owner Trattoria Aurora lädt Sie zu Trattoria Aurora ein", "melden sich an"),
    ],
)
def test_the_mail_is_in_the_readers_language(
    aurora: House, visit: Visit, mailbox: Mailbox,
    language_of_tenant: str, language_of_person: str | None, subject: str, how: str,
) -> None:  # fmt: skip
    Tenant.objects.filter(pk=aurora.tenant.pk).update(language=language_of_tenant)
    if language_of_person:
        Person.objects.create(email=NINA, name="Nina", language=language_of_person)

    acting(visit, aurora).post("invitations/", {"email": NINA, "role": "manager"})

    (mail,) = mailbox.read()
    assert mail.subject == subject
    assert how in mail.body
    assert ("as a manager" if "invites" in subject else "für die Betriebsleitung") in mail.body


def test_names_are_not_escaped_in_the_mail(aurora: House, visit: Visit, mailbox: Mailbox) -> None:
    Tenant.objects.filter(pk=aurora.tenant.pk).update(name="Fish & Chips\nBcc: x")

    acting(visit, aurora).post("invitations/", {"email": NINA, "role": "waiter"})

    (mail,) = mailbox.read()
    assert "Fish & Chips" in mail.body
    assert "\n" not in mail.subject


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("acting_role", Role.values)
def test_each_role_invites_those_that_it_may(
    aurora: House, visit: Visit, mailbox: Mailbox, acting_role: str, role: str
) -> None:
    reply = acting(visit, aurora, acting_role).post("invitations/", {"email": NINA, "role": role})

    expected = {
        "owner": (201, None),
        "manager": (201, None) if role in ("accountant", "waiter") else (403, "role-beyond-yours"),
    }.get(acting_role, (403, "forbidden"))
    assert (reply.status_code, reply.json().get("code")) == expected
    assert len(mailbox.read()) == len(rows()) == len(events(aurora)) == (expected[0] == 201)


def test_an_app_lets_nobody_in(aurora: House) -> None:
    invitation = invited(aurora)

    for refused in (
        aurora.app.post("invitations/", {"email": "x@example.com", "role": "waiter"}),
        aurora.app.post(f"invitations/{invitation.pk}/mails/"),
        aurora.app.delete(f"invitations/{invitation.pk}/"),
    ):
        assert refused.status_code == 403
    assert [row["withdrawn_at"] for row in rows()] == [None]
    assert aurora.app.get("invitations/").json()["results"][0]["can"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "nina", "role": "waiter"}, "email"),
        ({"email": "", "role": "waiter"}, "email"),
        ({"email": f"{'n' * 250}@example.com", "role": "waiter"}, "email"),
        ({"email": "nina@example.com\x00", "role": "waiter"}, "email"),
        ({"email": NINA}, "role"),
        ({"email": NINA, "role": "chef"}, "role"),
        ({"email": NINA, "role": "waiter", "name": "Nina"}, "name"),
    ],
)
def test_strange_input_is_refused(
    aurora: House, visit: Visit, mailbox: Mailbox, body: dict[str, str], field: str
) -> None:
    reply = acting(visit, aurora).post("invitations/", body)

    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, field)
    assert rows() == mailbox.read() == []


def test_a_member_is_not_invited(
    aurora: House, bluefin: House, visit: Visit, mailbox: Mailbox
) -> None:
    owner = acting(visit, aurora)

    refused = owner.post("invitations/", {"email": "WAITER@aurora.test", "role": "manager"})

    assert (refused.status_code, refused.json()["code"]) == (409, "member-already")
    assert rows() == mailbox.read() == events(aurora) == []
    # Somebody else's member is a stranger here.
    theirs = {"email": "waiter@bluefin.test", "role": "waiter"}
    assert owner.post("invitations/", theirs).status_code == 201


def test_who_was_sent_away_may_be_invited_again(aurora: House, visit: Visit) -> None:
    aurora.members["waiter"].revoke(by=Actor.system())

    reply = acting(visit, aurora).post(
        "invitations/", {"email": "waiter@aurora.test", "role": "waiter"}
    )

    assert reply.status_code == 201


def test_one_address_has_one_open_invitation(aurora: House, bluefin: House, visit: Visit) -> None:
    owner, body = acting(visit, aurora), {"email": NINA, "role": "waiter"}
    first = owner.post("invitations/", body).json()

    again = owner.post("invitations/", body | {"role": "manager"})

    assert (again.status_code, again.json()["code"]) == (409, "invited-already")
    assert acting(visit, bluefin).post("invitations/", body).status_code == 201
    owner.delete(f"invitations/{first['id']}/")
    assert owner.post("invitations/", body).status_code == 201


def test_an_expired_one_is_sent_again_rather_than_made_anew(
    aurora: House, visit: Visit, mailbox: Mailbox
) -> None:
    invitation = invited(aurora)
    Invitation.objects.update(expires_at=timezone.now())
    owner = acting(visit, aurora)

    (listed,) = owner.get("invitations/").json()["results"]
    anew = owner.post("invitations/", {"email": NINA, "role": "waiter"})
    again = owner.post(f"invitations/{invitation.pk}/mails/")

    assert listed["expired"] is True
    assert anew.json()["code"] == "invited-already"
    assert (again.status_code, again.json()["expired"]) == (200, False)
    assert len(mailbox.read()) == 1


def test_a_new_mail_has_a_new_link_and_a_new_name_on_it(
    aurora: House, visit: Visit, mailbox: Mailbox
) -> None:
    before = invited(aurora)

    reply = acting(visit, aurora, "manager").post(f"invitations/{before.pk}/mails/")

    assert reply.json()["invited_by"] == "Manager Trattoria Aurora"
    (mail,) = mailbox.read()
    (token,) = LINK.findall(mail.body)
    after = Invitation.objects.get()
    assert after.digest == token_digest(token) != before.digest
    assert after.expires_at > before.expires_at
    assert [event[:2] for event in events(aurora)] == [
        ("member.invited", "Owner Trattoria Aurora"),
        ("member.invitation-sent-again", "Manager Trattoria Aurora"),
    ]


def test_who_has_joined_meanwhile_gets_no_more_mail(
    aurora: House, visit: Visit, mailbox: Mailbox
) -> None:
    invitation = invited(aurora)
    person = Person.objects.create(email=NINA, name="Nina")
    Member.objects.create(tenant=aurora.tenant, person=person, role=Role.WAITER)

    reply = acting(visit, aurora).post(f"invitations/{invitation.pk}/mails/")

    assert (reply.status_code, reply.json()["code"]) == (409, "member-already")
    assert Invitation.objects.get().digest == invitation.digest
    assert mailbox.read() == []


def test_a_withdrawn_one_is_gone_from_the_list(aurora: House, visit: Visit) -> None:
    invitation, owner = invited(aurora), acting(visit, aurora)
    path = f"invitations/{invitation.pk}/"

    assert owner.delete(path).status_code == 204

    assert owner.get("invitations/").json()["results"] == []
    assert Invitation.objects.get().withdrawn_at is not None
    for refused in (owner.delete(path), owner.post(f"{path}mails/")):
        assert (refused.status_code, refused.json()["code"]) == (404, "invitation-not-found")
    assert [event[0] for event in events(aurora)] == [
        "member.invited",
        "member.invitation-withdrawn",
    ]


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_a_manager_leaves_stronger_invitations_alone(
    aurora: House, visit: Visit, mailbox: Mailbox, role: str
) -> None:
    invitation, manager = invited(aurora, role=role), acting(visit, aurora, "manager")
    before = rows()

    (listed,) = manager.get("invitations/").json()["results"]

    assert listed["can"] == []
    for refused in (
        manager.delete(f"invitations/{invitation.pk}/"),
        manager.post(f"invitations/{invitation.pk}/mails/"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "role-beyond-yours")
    assert (rows(), mailbox.read()) == (before, [])


def test_it_outlasts_the_membership_of_who_sent_it(aurora: House, visit: Visit) -> None:
    invitation = invited(aurora, by="manager")
    aurora.members["manager"].revoke(by=Actor.system())

    (listed,) = acting(visit, aurora).get("invitations/").json()["results"]

    assert (listed["id"], listed["invited_by"]) == (str(invitation.pk), "Manager Trattoria Aurora")
    assert listed["can"] == ["resend", "withdraw"]


def test_the_number_of_open_ones_is_bounded(aurora: House, bluefin: House, visit: Visit) -> None:
    first = invited(aurora)
    for number in range(MOST_OPEN - 1):
        invited(aurora, f"{number}@example.com")
    owner, body = acting(visit, aurora), {"email": "more@example.com", "role": "waiter"}

    refused = owner.post("invitations/", body)

    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-invitations")
    assert acting(visit, bluefin).post("invitations/", body).status_code == 201
    first.withdraw(by=Actor.system())
    assert owner.post("invitations/", body).status_code == 201


def test_the_list_costs_the_same_however_long_it_is(aurora: House, visit: Visit) -> None:
    owner = acting(visit, aurora)
    for number in range(10):
        invited(aurora, f"{number}@example.com")

    with CaptureQueriesContext(connection) as queries:
        assert len(owner.get("invitations/").json()["results"]) == 10

    assert len([each for each in queries if "tenants_" in each["sql"]]) == 1


def test_mails_to_one_address_are_limited_however_they_are_asked_for(
    aurora: House, visit: Visit, mailbox: Mailbox
) -> None:
    owner, body = acting(visit, aurora), {"email": NINA, "role": "waiter"}
    with time_machine.travel(timezone.now().replace(minute=5, second=0), tick=False):
        for _ in range(2):
            path = f"invitations/{owner.post('invitations/', body).json()['id']}/"
            assert owner.post(f"{path}mails/").status_code == 200
            assert owner.delete(path).status_code == 204
        path = f"invitations/{owner.post('invitations/', body).json()['id']}/"
        before = rows()

        refused = owner.post(f"{path}mails/")

        assert (refused.status_code, refused["Retry-After"]) == (429, "3300")
        assert rows() == before
        assert len(mailbox.read()) == 5
        # Another address isn't concerned.
        other = {"email": "other@example.com", "role": "waiter"}
        assert owner.post("invitations/", other).status_code == 201


def test_mails_of_one_business_are_limited(
    aurora: House, bluefin: House, visit: Visit, mailbox: Mailbox, settings: Any
) -> None:
    settings.RATE_CLASSES = settings.RATE_CLASSES | {
        "invitation-tenant": settings.RATE_CLASSES["invitation-tenant"].__class__(2, 3600)
    }
    statuses = [
        acting(visit, aurora)
        .post("invitations/", {"email": f"{number}@example.com", "role": "waiter"})
        .status_code
        for number in range(3)
    ]

    assert statuses == [201, 201, 429]
    assert len(mailbox.read()) == len(rows()) == 2
    theirs = acting(visit, bluefin).post("invitations/", {"email": NINA, "role": "waiter"})
    assert theirs.status_code == 201


def test_mails_of_all_businesses_to_one_address_are_limited(
    aurora: House, bluefin: House, visit: Visit, mailbox: Mailbox, settings: Any
) -> None:
    settings.RATE_CLASSES = settings.RATE_CLASSES | {
        "invitation-address": settings.RATE_CLASSES["invitation-address"].__class__(1, 86400)
    }
    body = {"email": NINA, "role": "waiter"}

    statuses = [
        acting(visit, house).post("invitations/", body).status_code for house in (aurora, bluefin)
    ]

    assert statuses == [201, 429]
    assert len(mailbox.read()) == len(rows()) == 1


def test_what_is_refused_counts_for_nothing(aurora: House, visit: Visit) -> None:
    owner = acting(visit, aurora)
    with time_machine.travel(timezone.now().replace(minute=5, second=0), tick=False):
        for _ in range(10):
            owner.post("invitations/", {"email": "waiter@aurora.test", "role": "waiter"})
        aurora.members["waiter"].revoke(by=Actor.system())

        reply = owner.post("invitations/", {"email": "waiter@aurora.test", "role": "waiter"})

    assert reply.status_code == 201


@pytest.mark.parametrize("state", State.values)
def test_the_state_decides_whether_people_are_invited(
    aurora: House, visit: Visit, state: str
) -> None:
    invitation = invited(aurora)
    with connection.cursor() as cursor:
        # Past the guard of transitions: only what a state permits is asked here.
        cursor.execute("ALTER TABLE tenants_tenant DISABLE TRIGGER guarded_transitions")
        cursor.execute("UPDATE tenants_tenant SET state = %s", [state])
    owner = acting(visit, aurora)

    replies = [
        owner.post("invitations/", {"email": "other@example.com", "role": "waiter"}),
        owner.post(f"invitations/{invitation.pk}/mails/"),
        owner.delete(f"invitations/{invitation.pk}/"),
    ]

    permitted = state in ("draft", "provisioning", "active")
    expected = [201, 200, 204] if permitted else [403, 403, 403]
    assert [reply.status_code for reply in replies] == expected
    if not permitted:
        assert {reply.json()["code"] for reply in replies} == {"tenant-state"}


@pytest.mark.parametrize("whose", ["theirs", "nobody's"])
@pytest.mark.parametrize(("method", "path"), [("DELETE", ""), ("POST", "mails/")])
def test_another_houses_invitation_is_unknown_in_every_verb(
    aurora: House, bluefin: House, visit: Visit, mailbox: Mailbox, whose: str, method: str,
    path: str,
) -> None:  # fmt: skip
    theirs = invited(bluefin)
    invitation_id = theirs.pk if whose == "theirs" else uuid4()
    before = rows()

    reply = acting(visit, aurora)(method, f"invitations/{invitation_id}/{path}", {})

    assert (reply.status_code, reply.json()["code"]) == (404, "invitation-not-found")
    assert acting(visit, aurora).get("invitations/").json()["results"] == []
    assert (rows(), mailbox.read()) == (before, [])
