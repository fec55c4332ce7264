"""One request is one transaction in one tenant, and every error has one shape."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import ClassVar
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from backend.common.models import IdempotencyKey
from backend.common.rate_classes import RateClass
from backend.common.tenancy import current_tenant_id
from backend.common.tenancy_guard import OutsideTenantScope
from backend.common.tests.urls import Echo
from backend.conftest import Api, House
from backend.tenants.models import Member, Role

pytestmark = pytest.mark.urls("backend.common.tests.urls")
PROBLEM = {"type", "title", "status", "code", "detail", "request_id"}


@pytest.fixture(autouse=True)
def nothing_done_yet() -> None:
    Echo.done.clear()


def assert_problem(response: object, status: int, code: str) -> dict[str, object]:
    body: dict[str, object] = response.json()  # type: ignore[attr-defined]
    assert response["Content-Type"] == "application/problem+json"  # type: ignore[index]
    assert set(body) >= PROBLEM
    assert (body["status"], body["code"]) == (status, code)
    assert response.status_code == status  # type: ignore[attr-defined]
    assert body["request_id"] == response["X-Request-ID"]  # type: ignore[index]
    return body


def test_a_lazy_reply_is_rendered_inside_the_scope(aurora: House, bluefin: House) -> None:
    assert aurora.app.get("test/lazy/").json() == ["Trattoria Aurora"]


def test_a_query_outside_a_scope_is_an_error(aurora: House) -> None:
    with pytest.raises(OutsideTenantScope, match="tenants_member"):
        aurora.app.get("test/unscoped/")


@pytest.mark.django_db(transaction=True)
def test_a_fault_leaves_the_connection_to_the_next_tenant(aurora: House, bluefin: House) -> None:
    aurora.app.client.raise_request_exception = False
    assert_problem(aurora.app.get("test/faulty/"), 500, "internal-error")
    assert bluefin.app.get("test/lazy/").json() == ["Blue Fin Sushi"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = session_user, current_tenant_id()")
        assert cursor.fetchone() == (True, None)


def test_too_large_a_body_is_refused_before_anything_reads_it(aurora: House) -> None:
    size = str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    response = aurora.app.client.generic(
        "POST",
        "/api/v1/crm/imports/",
        content_type="multipart/form-data; boundary=unread",
        headers=aurora.app.headers,
        CONTENT_LENGTH=size,
    )
    assert_problem(response, 413, "payload-too-large")


@pytest.mark.django_db(transaction=True)
def test_app_person_rate_and_tenant_cost_four_round_trips(
    aurora: House, visit: Callable[..., Api]
) -> None:
    api = visit(aurora.person("owner"), aurora.tenant)
    api.get("test/lazy/")  # the key's last use is noted once in a few minutes
    with CaptureQueriesContext(connection) as queries:
        assert api.get("test/lazy/", x_want_viewer="1").status_code == 200
    sent = [query["sql"].split()[0] for query in queries]
    # who calls, the rate, BEGIN, the tenant | the endpoint's own query, COMMIT
    assert sent == ["SELECT", "INSERT", "BEGIN", "SELECT", "SELECT", "COMMIT"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed-json"),
        (b"\xff\xfe", 400, "malformed-json"),
        (b'{"name": NaN}', 400, "malformed-json"),
        (b'{"name": "a", "name": "b"}', 400, "malformed-json"),
        (b"[" * 5000 + b"]" * 5000, 400, "malformed-json"),
        (b"[" * 100_000, 400, "malformed-json"),
        (b"[]", 400, "invalid"),
        (b"null", 400, "invalid"),
        (b'"text"', 400, "invalid"),
        (b'{"name": {"a": 1}}', 400, "invalid"),
        (b'{"name": "a", "seats": 1e400}', 400, "invalid"),
        (b'{"name": "a", "seats": ' + b"9" * 400 + b"}", 400, "invalid"),
        (b'{"name": "a\\u0000b"}', 400, "invalid"),
        (b'{"name": "\\ud800"}', 400, "malformed-json"),
        (b'{"name": "a", "sets": 1}', 400, "invalid"),
        (b"x" * 3_000_000, 413, "payload-too-large"),
        (b"", 400, "invalid"),
    ],
)
def test_hostile_bodies_are_problems(aurora: House, body: bytes, status: int, code: str) -> None:
    response = aurora.app.client.generic(
        "POST",
        "/api/v1/test/echo/",
        body,
        content_type="application/json",
        headers=aurora.app.headers,
    )
    assert_problem(response, status, code)
    assert Echo.done == []


def test_a_statement_that_takes_too_long_is_given_up(aurora: House) -> None:
    with override_settings(REQUEST_STATEMENT_TIMEOUT=0.05):
        response = aurora.app.get("test/sleepy/")
    assert_problem(response, 503, "timed-out")
    assert response["Retry-After"] == "5"
    assert aurora.app.get("tenant/").status_code == 200


class SlowBody(BytesIO):
    """Notes in which tenant the connection is while somebody waits for what the client sends."""

    tenants: ClassVar[list[UUID | None]] = []

    def read(self, size: int | None = -1, /) -> bytes:
        self.tenants.append(current_tenant_id())
        return super().read(size)


def test_a_slow_body_holds_no_transaction_open(aurora: House) -> None:
    body = b'{"name": "Ada"}'
    SlowBody.tenants.clear()
    arriving = {
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": SlowBody(body),
    }
    response = aurora.app.client.generic(
        "POST", "/api/v1/test/echo/", headers=aurora.app.headers, **arriving
    )
    assert response.status_code == 201
    assert set(SlowBody.tenants) == {None}


def test_invalid_input_names_the_fields(aurora: House) -> None:
    body = assert_problem(
        aurora.app.post("test/echo/", {"name": "much too long a name", "sets": 3}), 400, "invalid"
    )
    assert body["errors"] == [
        {"field": "sets", "code": "unknown", "detail": "This field is not known."}
    ]
    body = assert_problem(aurora.app.post("test/echo/", {"seats": 0}), 400, "invalid")
    assert [(e["field"], e["code"]) for e in body["errors"]] == [  # type: ignore[attr-defined]
        ("name", "required"),
        ("seats", "min-value"),
    ]


def test_unknown_fields_are_named_up_to_a_number(aurora: House) -> None:
    body = assert_problem(
        aurora.app.post("test/echo/", {f"field-{n:03}": 1 for n in range(500)}), 400, "invalid"
    )
    assert [error["field"] for error in body["errors"]] == [  # type: ignore[attr-defined]
        f"field-{n:03}" for n in range(20)
    ]


def test_another_media_type_is_refused(aurora: House) -> None:
    response = aurora.app.client.post(
        "/api/v1/test/echo/", {"name": "a"}, headers=aurora.app.headers
    )
    assert_problem(response, 415, "unsupported-media-type")


def test_an_unknown_path_is_a_problem(aurora: House) -> None:
    assert_problem(aurora.app.get("nowhere/"), 404, "not-found")


def test_a_method_that_is_not_served_is_a_problem(aurora: House) -> None:
    response = aurora.app.delete("test/echo/")
    assert_problem(response, 405, "method-not-allowed")


def test_an_ability_that_is_missing_is_a_problem(aurora: House, visit: Callable[..., Api]) -> None:
    response = visit(aurora.person("accountant"), aurora.tenant).post("test/echo/", {"name": "a"})
    assert_problem(response, 403, "forbidden")
    assert Echo.done == []


def test_a_given_request_id_comes_back_and_a_strange_one_does_not(aurora: House) -> None:
    assert aurora.app.get("tenant/", x_request_id="abc-12345")["X-Request-ID"] == "abc-12345"
    assert aurora.app.get("tenant/", x_request_id="a b\tc" * 9)["X-Request-ID"] != "a b\tc" * 9


class TestIdempotency:
    def test_the_same_key_and_body_does_the_thing_once(self, aurora: House) -> None:
        first = aurora.app.post("test/echo/", {"name": "Ada"}, idempotency_key="k1")
        second = aurora.app.post("test/echo/", {"name": "Ada"}, idempotency_key="k1")
        assert Echo.done == ["Ada"]
        assert (second.status_code, second.content) == (201, first.content)
        assert second["ETag"] == '"7"'
        assert second["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first
        for header in ("Cache-Control", "Content-Security-Policy"):
            assert second[header] == first[header]

    def test_what_is_stored_tells_nothing_without_the_key(self, aurora: House) -> None:
        first = aurora.app.post("test/echo/", {"name": "Ada"}, idempotency_key="k1")
        stored = bytes(IdempotencyKey.objects.get().body)
        assert stored
        assert first.content not in stored

    def test_a_reply_that_cannot_be_opened_any_more_is_a_conflict(self, aurora: House) -> None:
        aurora.app.post("test/echo/", {"name": "Ada"}, idempotency_key="k1")
        with override_settings(SECRET_KEY="another-" + "0" * 50):
            response = aurora.app.post("test/echo/", {"name": "Ada"}, idempotency_key="k1")
        assert_problem(response, 409, "idempotency-conflict")
        assert Echo.done == ["Ada"]

    def test_another_body_is_a_conflict(self, aurora: House) -> None:
        aurora.app.post("test/echo/", {"name": "Ada"}, idempotency_key="k1")
        response = aurora.app.post("test/echo/", {"name": "Bob"}, idempotency_key="k1")
        assert_problem(response, 409, "idempotency-conflict")
        assert Echo.done == ["Ada"]

    def test_another_caller_may_use_the_same_key(self, aurora: House, bluefin: House) -> None:
        aurora.app.post("test/echo/", {"name": "Ada"}, idempotency_key="k1")
        response = bluefin.app.post("test/echo/", {"name": "Bob"}, idempotency_key="k1")
        assert response.status_code == 201
        assert Echo.done == ["Ada", "Bob"]

    def test_a_refused_request_may_be_repeated(self, aurora: House) -> None:
        aurora.app.post("test/echo/", {"name": ""}, idempotency_key="k1")
        response = aurora.app.post("test/echo/", {"name": "Ada"}, idempotency_key="k1")
        assert response.status_code == 201

    def test_a_fault_gives_the_key_back(self, aurora: House) -> None:
        aurora.app.client.raise_request_exception = False
        aurora.app.post("test/explosive/", {"name": "Ada"}, idempotency_key="k1")
        aurora.app.post("test/explosive/", {"name": "Ada"}, idempotency_key="k1")
        assert Echo.done == ["Ada", "Ada"]

    def test_a_strange_key_is_refused(self, aurora: House) -> None:
        response = aurora.app.post("test/echo/", {"name": "A"}, idempotency_key="k" * 256)
        assert_problem(response, 400, "idempotency-key-invalid")
        assert Echo.done == []

    def test_who_may_no_longer_do_it_gets_no_stored_reply(
        self, aurora: House, visit: Callable[..., Api]
    ) -> None:
        api = visit(aurora.person("waiter"), aurora.tenant)
        assert api.post("test/echo/", {"name": "Ada"}, idempotency_key="k1").status_code == 201
        Member.objects.filter(person=aurora.person("waiter")).update(role=Role.ACCOUNTANT)
        response = api.post("test/echo/", {"name": "Ada"}, idempotency_key="k1")
        assert_problem(response, 403, "forbidden")
        assert Echo.done == ["Ada"]

    def test_a_key_is_forgotten_after_a_day(self, aurora: House) -> None:
        aurora.app.post("test/echo/", {"name": "Ada"}, idempotency_key="k1")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE common_idempotencykey SET created_at = now() - interval '25h'")
        aurora.app.post("test/echo/", {"name": "Bob"}, idempotency_key="k1")
        assert Echo.done == ["Ada", "Bob"]


class TestPages:
    def walk(self, api: Api, query: str) -> list[list[str]]:
        pages, cursor = [], ""
        while True:
            body = api.get(f"test/echo/?{query}&limit=2&cursor={cursor}").json()
            pages.append([row["role"] for row in body["results"]])
            cursor = body["next_cursor"]
            if not cursor:
                return pages

    def test_pages_follow_each_other(self, aurora: House, bluefin: House) -> None:
        assert self.walk(aurora.app, "order=role") == [
            ["accountant", "manager"],
            ["owner", "waiter"],
        ]
        assert self.walk(aurora.app, "order=-created") == [
            ["waiter", "accountant"],
            ["manager", "owner"],
        ]

    def test_one_can_go_back(self, aurora: House) -> None:
        first = aurora.app.get("test/echo/?limit=2").json()
        second = aurora.app.get(f"test/echo/?limit=2&cursor={first['next_cursor']}").json()
        back = aurora.app.get(f"test/echo/?limit=2&cursor={second['previous_cursor']}").json()
        assert back["results"] == first["results"]
        assert first["previous_cursor"] is None
        assert back["previous_cursor"] is None
        assert back["next_cursor"] == first["next_cursor"]

    @pytest.mark.parametrize(
        "query",
        [
            "cursor=nonsense",
            "cursor=W10",
            # ["next", "-created", "0001-01-01T00:00:00+01:00", "…"]: in UTC, before the first year.
            "order=-created&cursor=WyJuZXh0IiwiLWNyZWF0ZWQiLCIwMDAxLTAxLTAxVDAwOjAwOjAwKzAxOjAwIiwi"
            "MDE5YTQzYzAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAwIl0",
            "cursor=" + "A" * 4000,
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=1e3",
            "limit=%00",
            "order=password",
            "cursor=WyJuZXh0Iiwicm9sZSIsIm93bmVyIiwibm90LWEtdXVpZCJd",
            "cursor=WyJuZXh0Iiwicm9sZSIsIm8AbyIsIngiXQ",
        ],
    )
    def test_strange_parameters_are_problems(self, aurora: House, query: str) -> None:
        assert_problem(aurora.app.get(f"test/echo/?{query}"), 400, "invalid")


class TestRates:
    def test_the_limit_is_told_and_kept(self, aurora: House, bluefin: House) -> None:
        with override_settings(
            RATE_CLASSES={"write": RateClass(2, 3600), "read": RateClass(9, 60)}
        ):
            left = [
                aurora.app.post("test/echo/", {"name": "A"})["RateLimit-Remaining"] for _ in "ab"
            ]
            response = aurora.app.post("test/echo/", {"name": "A"})
            assert left == ["1", "0"]
            assert_problem(response, 429, "rate-limited")
            assert 0 < int(response["Retry-After"]) <= 3600
            assert response["RateLimit-Remaining"] == "0"
            assert len(Echo.done) == 2
            # Another class, and another tenant, have their own.
            assert aurora.app.get("tenant/").status_code == 200
            assert bluefin.app.post("test/echo/", {"name": "B"}).status_code == 201

    def test_a_visitor_can_not_change_the_bucket_within_their_network(self, portal: Api) -> None:
        with override_settings(RATE_CLASSES={"auth": RateClass(1, 3600)}):
            statuses = []
            for address in ("2001:db8:1:1::1", "2001:db8:1:1::2", "2001:db8:1:2::1"):
                portal.headers["x-forwarded-for"] = address
                statuses.append(portal.get("auth/session/").status_code)
        assert statuses == [401, 429, 401]

    def test_visitors_of_the_portal_do_not_share_a_bucket(
        self, aurora: House, bluefin: House, visit: Callable[..., Api]
    ) -> None:
        with override_settings(RATE_CLASSES={"read": RateClass(1, 3600)}):
            for house in (aurora, bluefin):
                api = visit(house.person("owner"), house.tenant)
                assert api.get("tenant/").status_code == 200
                assert api.get("tenant/").status_code == 429
