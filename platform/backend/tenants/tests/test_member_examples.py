"""What the portal's client and its fake read of people must be what this side answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.common.tests import examples
from backend.conftest import Api, House
from backend.services.tests.conftest import make_plan, subscribe
from backend.tenants.models import Invitation, Role
from backend.tenants.models.invitation import MOST_OPEN
from backend.tenants.tests.test_members import as_member

OURS = examples.names("member", "invitation")
EXACT = examples.EXACT | {"role", "state", "ability", "can", "expired", "limit", "included", "used"}
NINA = "nina.keller@example.com"
STAFF = Actor("staff", "Sam Taylor")


class Scene:
    """Gets Trattoria Aurora to where an example begins."""

    def __init__(self, house: House, portal: Api, visit: Callable[..., Api]) -> None:
        self.house, self.portal, self.visit = house, portal, visit
        self.api = self.owner = visit(house.person("owner"), house.tenant)
        self.path: dict[str, Any] = {"slug": house.tenant.slug, "id": uuid4()}
        self.changes: dict[str, Any] = {}

    def waiter(self) -> None:
        self.path["id"] = self.house.members["waiter"].pk

    def manager(self) -> None:
        self.api = self.visit(self.house.person("manager"), self.house.tenant)

    def last_owner(self) -> None:
        self.path["id"] = self.house.members["owner"].pk

    def revoked(self) -> None:
        self.house.members["waiter"].revoke(by=STAFF)

    def anybody(self) -> None:
        self.api = self.visit(self.house.person("waiter"))

    def only_owner(self) -> None:
        self.api = self.visit(self.house.person("owner"))

    def invited(self) -> None:
        self.invitation, token = Invitation.make(
            self.house.tenant.pk, email=NINA, role=Role.WAITER, by=as_member(self.house, "owner")
        )
        self.path["id"] = self.invitation.pk
        self.changes = {"token": token}

    def expired(self) -> None:
        Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))

    def another(self) -> None:
        Invitation.make(
            self.house.tenant.pk,
            email="paolo.greco@example.com",
            role=Role.ACCOUNTANT,
            by=as_member(self.house, "manager"),
        )

    def address_of_member(self) -> None:
        self.changes = {"email": self.house.person("waiter").email}

    def many(self) -> None:
        for number in range(MOST_OPEN):
            Invitation.make(
                self.house.tenant.pk,
                email=f"{number}@example.com",
                role=Role.WAITER,
                by=as_member(self.house, "owner"),
            )

    def small_plan(self) -> None:
        subscribe(self.house, make_plan("small", members=4))

    def mailed_often(self) -> None:
        for _ in range(5):
            self.owner.post(f"invitations/{self.path['id']}/mails/")

    def suspended(self) -> None:
        self.house.tenant.suspend(by=STAFF, reason="The card was declined.")

    def stranger(self) -> None:
        self.api = self.portal

    def nina(self) -> None:
        self.api = self.visit(Person.objects.create(email=NINA, name="Nina Keller"))

    def accepted(self) -> None:
        self.api.post("invitations/acceptance/", self.changes)


S = Scene
SCENES: dict[str, list[Callable[[Scene], None]]] = {
    "invitation-accept": [S.invited, S.nina],
    "invitation-accept-for-another": [S.invited, S.anybody],
    "invitation-accept-limit-reached": [S.invited, S.small_plan, S.nina],
    "invitation-accept-member-already": [S.invited, S.nina, S.accepted],
    "invitation-accept-not-signed-in": [S.invited, S.stranger],
    "invitation-create": [],
    "invitation-create-beyond-yours": [S.manager],
    "invitation-create-invalid": [],
    "invitation-create-invited-already": [S.invited],
    "invitation-create-limit-reached": [S.small_plan],
    "invitation-create-member-already": [S.address_of_member],
    "invitation-create-too-many": [S.many],
    "invitation-preview": [S.invited, S.stranger],
    "invitation-preview-missing": [S.stranger],
    "invitation-preview-over": [S.invited, S.expired, S.stranger],
    "invitation-preview-suspended": [S.invited, S.suspended, S.stranger],
    "invitation-send-again": [S.invited],
    "invitation-send-again-limited": [S.invited, S.mailed_often],
    "invitation-withdraw": [S.invited],
    "invitation-withdraw-missing": [],
    "invitations-list": [S.another, S.expired, S.invited],
    "member-not-found": [],
    "member-retrieve": [S.waiter],
    "member-revoke": [S.waiter],
    "member-update": [S.waiter],
    "member-update-beyond-yours": [S.waiter, S.manager],
    "member-update-last-owner": [S.last_owner],
    "member-update-revoked": [S.waiter, S.revoked],
    "members-list": [],
    "membership-leave": [S.anybody],
    "membership-leave-last-owner": [S.only_owner],
}


def test_every_example_is_played() -> None:
    assert sorted(SCENES) == OURS


@pytest.mark.parametrize("name", OURS)
def test_the_answer_is_like_the_example(
    aurora: House, portal: Api, visit: Callable[..., Api], name: str
) -> None:
    example = examples.read(name)
    scene = Scene(aurora, portal, visit)
    for prepare in SCENES[name]:
        prepare(scene)
    method, path = example["operation"].split()
    body = example.get("request")
    if body is not None:
        body |= {field: value for field, value in scene.changes.items() if field in body}

    response = scene.api(method, path.format(**scene.path), body)

    assert examples.held_against(example, response, EXACT) == []
