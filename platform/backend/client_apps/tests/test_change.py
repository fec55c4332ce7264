"""Reading an app, changing it, rotating its key, revoking a key or all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from backend.client_apps.api.queries import MOST_KEYS_SHOWN
from backend.client_apps.models import AppKey, ClientApp, key_digest
from backend.client_apps.tests.conftest import contents
from backend.common.abilities import AUDIT_READ, CLIENT_APPS_MANAGE, ROLE_ABILITIES
from backend.common.actor import Actor
from backend.conftest import Api, House, new_key

BY = Actor.system()
Queries = Callable[[Callable[[], Any]], list[str]]


@pytest.fixture
def till(aurora: House) -> str:
    return f"client-apps/{aurora.app.app.id}/"


class TestReading:
    def test_keys_that_work_come_first_then_the_newest(
        self, owner: Api, aurora: House, till: str
    ) -> None:
        app, now = aurora.app.app, timezone.now()
        oldest = app.keys.get()
        for number in range(MOST_KEYS_SHOWN + 5):
            new_key(app, expires_at=now - timedelta(days=number))

        keys = owner.get(till).json()["keys"]

        assert len(keys) == MOST_KEYS_SHOWN
        assert [key["usable"] for key in keys] == [True] + [False] * (MOST_KEYS_SHOWN - 1)
        assert keys[0]["id"] == str(oldest.pk)
        made = [key["created_at"] for key in keys[1:]]
        assert made == sorted(made, reverse=True)

    def test_it_is_two_statements_however_many_keys(
        self, owner: Api, aurora: House, till: str, app_queries: Queries
    ) -> None:
        for _ in range(5):
            new_key(aurora.app.app)

        statements = app_queries(lambda: owner.get(till))

        assert len(statements) == 2
        assert not any("digest" in sql for sql in statements)

    def test_nothing_can_be_done_with_a_revoked_one(
        self, owner: Api, aurora: House, till: str
    ) -> None:
        aurora.app.app.revoke(by=BY)

        assert owner.get(till).json()["can"] == []

    def test_a_manager_looks_and_does_nothing(
        self, aurora: House, visit: Callable[..., Api], till: str
    ) -> None:
        answer = visit(aurora.person("manager"), aurora.tenant).get(till).json()

        assert (answer["can"], answer["scopes_available"]) == ([], [])


class TestChanging:
    def test_the_new_scopes_hold_from_the_next_request_on(
        self, owner: Api, aurora: House, till: str
    ) -> None:
        response = owner.patch(till, {"name": " Bar  till ", "scopes": ["tenant.read"]})

        assert (response.json()["name"], response.json()["scopes"]) == ("Bar till", ["tenant.read"])
        assert aurora.app.get("tenant/").status_code == 200
        assert aurora.app.get("crm/customers/").status_code == 403

    def test_what_is_not_given_stays(self, owner: Api, aurora: House, till: str) -> None:
        before = ClientApp.objects.get(pk=aurora.app.app.pk)

        owner.patch(till, {"name": "Bar till"})
        owner.patch(till, {"scopes": ["tenant.read"]})
        owner.patch(till, {})

        after = ClientApp.objects.get(pk=aurora.app.app.pk)
        assert (after.name, after.scopes) == ("Bar till", ["tenant.read"])
        assert (after.created_at, after.tenant_id) == (before.created_at, before.tenant_id)

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"name": "Kitchen"}, "unique"),
            ({"scopes": []}, "empty"),
            ({"revoked_at": None}, "unknown"),
        ],
    )
    def test_what_is_wrong_changes_nothing(
        self, owner: Api, aurora: House, till: str, body: dict[str, Any], code: str
    ) -> None:
        ClientApp.objects.create(tenant=aurora.tenant, name="Kitchen")
        before = contents(aurora)

        response = owner.patch(till, body)

        assert response.status_code == 400
        assert [each["code"] for each in response.json()["errors"]] == [code]
        assert contents(aurora) == before

    def test_a_revoked_app_is_not_changed(self, owner: Api, aurora: House, till: str) -> None:
        aurora.app.app.revoke(by=BY)
        before = contents(aurora)

        response = owner.patch(till, {"name": "Bar till"})

        assert (response.status_code, response.json()["code"]) == (409, "app-revoked")
        assert contents(aurora) == before

    def test_what_it_may_do_already_may_be_kept_and_nothing_more_given(
        self, owner: Api, aurora: House, till: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        owners = ROLE_ABILITIES["owner"] - {AUDIT_READ}
        monkeypatch.setattr(
            "backend.client_apps.authentication.ROLE_ABILITIES", ROLE_ABILITIES | {"owner": owners}
        )

        assert owner.patch(till, {"scopes": [AUDIT_READ, "tenant.read"]}).status_code == 200
        assert owner.patch(till, {"scopes": ["tenant.read"]}).status_code == 200
        response = owner.patch(till, {"scopes": [AUDIT_READ, "tenant.read"]})

        assert response.json()["errors"][0]["code"] == "beyond-yours"
        assert ClientApp.objects.get(pk=aurora.app.app.pk).scopes == ["tenant.read"]


class TestRotating:
    def test_the_reply_is_all_that_a_page_needs(self, owner: Api, aurora: House, till: str) -> None:
        with time_machine.travel(timezone.now(), tick=False):
            now = timezone.now()
            answer = owner.post(f"{till}keys/", {"overlap_hours": 24, "expires_in_days": 30}).json()

        app = aurora.app.app
        assert answer["app"] == {"id": str(app.pk), "name": "Till", "scopes": app.scopes}
        assert (answer["shown"], answer["usable"]) == (answer["key"][:10], True)
        assert datetime.fromisoformat(answer["expires_at"]) == now + timedelta(days=30)
        assert datetime.fromisoformat(answer["old_keys_until"]) == now + timedelta(hours=24)
        assert AppKey.objects.get(pk=answer["id"]).digest == key_digest(answer["key"])

    def test_both_keys_work_while_they_overlap(self, owner: Api, aurora: House, till: str) -> None:
        answer = owner.post(f"{till}keys/", {"overlap_hours": 1}).json()

        assert aurora.app.get("tenant/").status_code == 200
        assert Api(aurora.app.app, answer["key"]).get("tenant/").status_code == 200
        assert [key["usable"] for key in owner.get(till).json()["keys"]] == [True, True]

    @pytest.mark.parametrize("hours", [-1, 721, "soon", None])
    def test_an_absurd_overlap_changes_nothing(
        self, owner: Api, aurora: House, till: str, hours: Any
    ) -> None:
        before = contents(aurora)

        response = owner.post(f"{till}keys/", {"overlap_hours": hours})

        assert response.json()["errors"][0]["field"] == "overlap_hours"
        assert contents(aurora) == before

    def test_sent_twice_it_is_one_key(self, owner: Api, aurora: House, till: str) -> None:
        replies = [
            owner.post(f"{till}keys/", {"overlap_hours": 1}, idempotency_key="once").json()
            for _ in range(2)
        ]

        assert replies[0] == replies[1]
        assert aurora.app.app.keys.count() == 2


class TestRevoking:
    def test_a_key_is_refused_from_the_next_request_on(
        self, owner: Api, aurora: House, till: str
    ) -> None:
        other = Api(aurora.app.app, new_key(aurora.app.app))
        key = aurora.app.app.keys.get(digest=key_digest(aurora.app.key))

        assert owner.delete(f"{till}keys/{key.pk}/").status_code == 204

        assert aurora.app.get("tenant/").status_code == 401
        assert other.get("tenant/").status_code == 200

    def test_the_app_is_refused_from_the_next_request_on(
        self, owner: Api, aurora: House, bluefin: House, till: str
    ) -> None:
        assert owner.delete(till).status_code == 204

        assert aurora.app.get("tenant/").status_code == 401
        assert bluefin.app.get("tenant/").status_code == 200
        assert not aurora.app.app.keys.usable().exists()

    def test_a_second_time_changes_nothing(self, owner: Api, aurora: House, till: str) -> None:
        owner.delete(till)
        before = contents(aurora)

        assert owner.delete(till).status_code == 204
        assert contents(aurora) == before


@pytest.mark.parametrize("role", ["manager", "accountant", "waiter"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"scopes": ["tenant.read"]}),
        ("DELETE", "", None),
        ("POST", "keys/", {"overlap_hours": 0}),
        ("DELETE", "keys/{key}/", None),
    ],
)
def test_only_owners_change_anything(
    aurora: House,
    visit: Callable[..., Api],
    till: str,
    role: str,
    method: str,
    path: str,
    body: Any,
) -> None:
    before = contents(aurora)
    path = path.format(key=aurora.app.app.keys.get().pk)

    for api in (visit(aurora.person(role), aurora.tenant), aurora.app):
        response = api(method, till + path, body)
        assert (response.status_code, response.json()["ability"]) == (403, CLIENT_APPS_MANAGE)

    assert contents(aurora) == before
