"""Two at once, on connections of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from backend.audit.models import AuditEvent
from backend.client_apps.models import AppKey, ClientApp
from backend.client_apps.models.app import MOST_APPS, MOST_KEYS
from backend.conftest import Api, House, new_key

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(run, call) for call in calls]]


def rotation(owner: Api, app: ClientApp, hours: int, **headers: str) -> Callable[[], Any]:
    path = f"client-apps/{app.pk}/keys/"
    return lambda: owner.post(path, {"overlap_hours": hours}, **headers)


def test_of_two_rotations_at_once_without_overlap_one_key_is_left(
    owner: Api, aurora: House
) -> None:
    app = aurora.app.app
    for _ in range(5):
        replies = at_once(*(rotation(owner, app, 0) for _ in range(2)))

        assert [reply.status_code for reply in replies] == [201, 201]
        (left,) = app.keys.usable()
        assert left.shown in {reply.json()["shown"] for reply in replies}
    assert AuditEvent.objects.filter(action="client-app.key-issued").count() == 10


def test_of_two_rotations_for_the_last_place_one_is_refused(owner: Api, aurora: House) -> None:
    app = aurora.app.app
    for _ in range(MOST_KEYS - 2):
        new_key(app)

    replies = at_once(*(rotation(owner, app, 24) for _ in range(3)))

    assert sorted(reply.status_code for reply in replies) == [201, 409, 409]
    assert app.keys.usable().count() == MOST_KEYS


def test_the_same_rotation_sent_twice_at_once_makes_one_key(owner: Api, aurora: House) -> None:
    app = aurora.app.app
    replies = at_once(*(rotation(owner, app, 1, idempotency_key="once") for _ in range(3)))

    assert len({reply.json()["key"] for reply in replies}) == 1
    assert app.keys.count() == 2


def test_the_last_place_for_an_app_is_taken_once(owner: Api, aurora: House) -> None:
    for number in range(MOST_APPS - 2):
        ClientApp.objects.create(tenant=aurora.tenant, name=f"App {number}")

    def create(name: str) -> Callable[[], Any]:
        body = {"name": name, "scopes": ["tenant.read"]}
        return lambda: owner.post("client-apps/", body).status_code

    assert sorted(at_once(*map(create, "ABC"))) == [201, 409, 409]
    assert ClientApp.objects.for_tenant(aurora.tenant.id).current().count() == MOST_APPS


def test_a_name_is_given_once(owner: Api, aurora: House) -> None:
    body = {"name": "Website", "scopes": ["tenant.read"]}
    till = f"client-apps/{aurora.app.app.pk}/"

    statuses = at_once(
        lambda: owner.post("client-apps/", body).status_code,
        lambda: owner.patch(till, {"name": "Website"}).status_code,
        lambda: owner.post("client-apps/", body).status_code,
    )

    assert Counter(status < 300 for status in statuses) == {True: 1, False: 2}
    assert Counter(statuses)[400] == 2
    assert ClientApp.objects.filter(name="Website").count() == 1


def test_no_key_survives_the_end_of_its_app(owner: Api, aurora: House) -> None:
    for number in range(5):
        app = ClientApp.objects.create(tenant=aurora.tenant, name=f"App {number}")
        at_once(
            rotation(owner, app, 24),
            lambda app=app: owner.delete(f"client-apps/{app.pk}/").status_code,
        )
        app.refresh_from_db()
        assert app.revoked_at
        assert not AppKey.objects.filter(app=app).usable().exists()
