"""A key is known in one reply. It lies in no row, no statement, no line of a log."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.audit.models import AuditEvent
from backend.client_apps.models import ClientApp
from backend.conftest import Api, House

NEW = {"name": "Website", "scopes": ["tenant.read"]}


def everything_stored() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(relname) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = [name for (name,) in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return "\n".join(rows)


def spellings(key: str) -> list[str]:
    """The key, and as it would look in a column of bytes or in base 64."""
    raw = key.encode()
    # Without the first and last letters, which depend on what stands beside it.
    encoded = [base64.b64encode(b"x" * shift + raw).decode()[4:-6] for shift in range(3)]
    return [key, raw.hex(), *encoded]


@pytest.fixture
def made(owner: Api, caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """An app made and its key changed, with all that was said meanwhile."""
    caplog.set_level(logging.DEBUG)
    with CaptureQueriesContext(connection) as queries:
        first = owner.post("client-apps/", NEW, idempotency_key="first-press").json()
        path = f"client-apps/{first['id']}/keys/"
        second = owner.post(path, {"overlap_hours": 1}, idempotency_key="second-press").json()
        Api(ClientApp.objects.get(pk=first["id"]), second["key"]).get("tenant/")
        owner.get(f"client-apps/{first['id']}/")
    return {
        "keys": [first["key"], second["key"]],
        "statements": "\n".join(query["sql"] for query in queries),
        "log": caplog.text,
    }


def test_the_search_would_find_it(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply that is stored open is found, so that finding nothing means something."""

    class Open:
        encrypt = decrypt = staticmethod(bytes)

    monkeypatch.setattr("backend.common.idempotency._seal", lambda key: Open())
    key = owner.post("client-apps/", NEW, idempotency_key="open").json()["key"]

    stored = everything_stored()

    assert any(spelling in stored for spelling in spellings(key))


def test_it_lies_in_no_row(made: dict[str, Any]) -> None:
    stored = everything_stored()

    assert "common_idempotencykey: " in stored
    assert "audit_auditevent: " in stored
    for key in made["keys"]:
        assert [each for each in spellings(key) if each in stored] == []


def test_it_is_in_no_statement_and_no_line_of_a_log(made: dict[str, Any]) -> None:
    assert "INSERT INTO" in made["statements"]
    for key in made["keys"]:
        assert key not in made["statements"]
        assert key not in made["log"]


def test_the_admins_page_says_it_in_no_line_of_a_log(
    staff: Callable[..., Client], aurora: House, caplog: pytest.LogCaptureFixture
) -> None:
    browser = staff()
    caplog.set_level(logging.DEBUG)

    page = browser.post(
        f"/admin/client_apps/clientapp/{aurora.app.app.pk}/rotate/",
        {"overlap_hours": "1", "lifetime": ""},
    )

    (key,) = re.findall(r"tvk_[\w-]{43}", page.content.decode())
    assert key not in caplog.text


def test_an_event_tells_its_first_characters(made: dict[str, Any]) -> None:
    told = [event.data["key"] for event in AuditEvent.objects.filter(action__contains="client-app")]

    assert sorted(told) == sorted(key[:10] for key in made["keys"])


def test_the_reply_comes_again_only_to_whoever_has_the_idempotency_key(
    owner: Api, aurora: House, visit: Callable[..., Api]
) -> None:
    first = owner.post("client-apps/", NEW, idempotency_key="mine").json()

    assert owner.post("client-apps/", NEW, idempotency_key="mine").json() == first
    other = owner.post("client-apps/", NEW, idempotency_key="guessed")
    assert other.json()["errors"][0]["code"] == "unique"
    aurora.members["manager"].role = "owner"
    aurora.members["manager"].save()
    second_owner = visit(aurora.person("manager"), aurora.tenant)
    response = second_owner.post("client-apps/", NEW, idempotency_key="mine")
    assert response.json()["errors"][0]["code"] == "unique"


def test_whoever_lost_the_role_does_not_get_it_again(owner: Api, aurora: House) -> None:
    owner.post("client-apps/", NEW, idempotency_key="mine")
    aurora.members["owner"].role = "manager"
    aurora.members["owner"].save()

    response = owner.post("client-apps/", NEW, idempotency_key="mine")

    assert (response.status_code, "tvk_" in response.content.decode()) == (403, False)


def test_no_cache_keeps_the_reply(owner: Api) -> None:
    for key in ("a", "a"):
        response = owner.post("client-apps/", NEW, idempotency_key=key)
        assert "no-store" in response.get("Cache-Control", ""), response.headers


def test_no_other_reply_shows_it(
    owner: Api, aurora: House, staff: Callable[..., Client], made: dict[str, Any]
) -> None:
    app = ClientApp.objects.get(name="Website")
    pages = [
        owner.get("client-apps/").content,
        owner.get(f"client-apps/{app.pk}/").content,
        owner.get("audit-events/").content,
        staff().get(f"/admin/client_apps/clientapp/{app.pk}/change/").content,
    ]

    for key in made["keys"]:
        assert all(key not in page.decode() for page in pages)
        assert key[:10] in pages[1].decode()
