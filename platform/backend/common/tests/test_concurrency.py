"""Exactness under concurrency, tried with real connections at once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import override_settings

from backend.common import rate_limits
from backend.common.caller import Caller
from backend.common.idempotency import Claim
from backend.common.problems import RateLimited
from backend.common.rate_classes import RateClass
from backend.common.rate_limits import PostgresCounter, RedisCounter
from backend.common.tests.urls import Echo
from backend.conftest import House

PROCESSES = 8
REQUESTS_EACH = 100
LIMIT = 50

# Only what counts: loading Django in each process would take longer than all the rest.
COUNT = """
import json, sys
import psycopg
dsn, add, window, requests, limit = json.load(sys.stdin)
connection = psycopg.connect(dsn, autocommit=True)
counts = [connection.execute(add, window).fetchone()[0] for _ in range(requests)]
print(sum(count <= limit for count in counts))
"""


def dsn() -> str:
    from psycopg.conninfo import make_conninfo

    parameters = connection.get_connection_params()
    return make_conninfo(
        **{
            name: parameters[name]
            for name in ("dbname", "user", "password", "host", "port")
            if parameters.get(name)
        }
    )


@pytest.mark.django_db(transaction=True)
def test_eight_processes_let_exactly_the_limit_through() -> None:
    # One window for all, or the turn of an hour would let the limit through twice.
    window = rate_limits.window_of("shared", 3600)
    given = json.dumps([dsn(), PostgresCounter.ADD, window, REQUESTS_EACH, LIMIT])

    def count(_: int) -> int:
        command = [sys.executable, "-c", COUNT]
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, check=True, timeout=60
        )
        return int(done.stdout)

    with ThreadPoolExecutor(PROCESSES) as pool:
        allowed = list(pool.map(count, range(PROCESSES)))
    assert sum(allowed) == LIMIT


@pytest.fixture(params=["postgres", "redis"])
def counter(request: pytest.FixtureRequest, db: None) -> Iterator[rate_limits.Counter]:
    if request.param == "postgres":
        yield PostgresCounter()
        return
    found = RedisCounter("redis://127.0.0.1:6379/15")
    try:
        found.client.ping()
    except rate_limits.redis.ConnectionError:
        pytest.skip("needs a Redis server on 127.0.0.1:6379")
    found.client.delete(*found.client.keys("rate:test-*") or ["rate:none"])
    yield found


def test_counts_go_up_and_can_be_taken_back(counter: rate_limits.Counter) -> None:
    assert [counter.add("test-a", 3600)[0] for _ in range(3)] == [1, 2, 3]
    counter.take_back("test-a", 3600)
    assert counter.add("test-a", 3600)[0] == 3
    assert counter.add("test-b", 3600)[0] == 1


def test_several_buckets_are_counted_together(counter: rate_limits.Counter) -> None:
    counter.add("test-e", 3600)
    start = rate_limits.window_of("test-e", 3600)["start"]
    minute = rate_limits.window_of("test-f", 60)["start"]

    found = counter.add_all({"test-e": 3600, "test-f": 60})

    assert found == {"test-e": (2, start), "test-f": (1, minute)}
    assert counter.add("test-f", 60)[0] == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "last", "limit"), [(5, 2, 2), (2, 5, 2)])
def test_the_fuller_of_two_buckets_is_told(first: int, last: int, limit: int) -> None:
    rates = {"test-g": RateClass(first, 3600), "test-h": RateClass(last, 3600)}

    states = [rate_limits.require_all(rates) for _ in range(2)]

    assert [(state.limit, state.remaining) for state in states] == [(limit, 1), (limit, 0)]
    with pytest.raises(RateLimited) as refusal:
        rate_limits.require_all(rates)
    assert refusal.value.headers["RateLimit-Limit"] == str(limit)


def test_a_new_window_begins_at_one(
    counter: rate_limits.Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    counter.add("test-c", 60)
    counter.add("test-c", 60)
    monkeypatch.setattr(rate_limits.time, "time", lambda: now + 60)
    assert counter.add("test-c", 60)[0] == 1


@pytest.mark.django_db
def test_a_late_counter_of_the_old_window_does_not_open_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = time.time()
    counter = PostgresCounter()
    monkeypatch.setattr(rate_limits.time, "time", lambda: now + 60)
    counter.add("test-d", 60)
    monkeypatch.setattr(rate_limits.time, "time", lambda: now)
    assert counter.add("test-d", 60)[0] == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("backend.common.tests.urls")
def test_a_concurrent_twin_waits_for_the_first_reply(aurora: House) -> None:
    Echo.done.clear()

    def post(_: int) -> tuple[int, bytes]:
        try:
            response = aurora.app.post("test/echo/", {"name": "Ada"}, idempotency_key="twin")
            return response.status_code, response.content
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        replies = set(pool.map(post, range(8)))
    assert Echo.done == ["Ada"]
    assert replies == {(201, b'{"count":1}')}


@pytest.mark.django_db(transaction=True)
def test_a_twin_goes_ahead_when_the_first_fails(aurora: House) -> None:
    claimed, released = threading.Event(), threading.Event()
    tenant_app = aurora.app.app

    class Body:
        method, content_type, path, body = "POST", "application/json", "/x/", b"{}"

    def claim() -> Claim:
        caller = Caller(app_id=tenant_app.id, app_name="", is_portal=False, address="")
        return Claim(Body(), caller, "twin")  # type: ignore[arg-type]

    def fail() -> None:
        try:
            with transaction.atomic():
                claim().take()
                claimed.set()
                released.wait(10)
                transaction.set_rollback(True)
        finally:
            connection.close()

    first = threading.Thread(target=fail)
    first.start()
    claimed.wait(10)
    threading.Timer(0.2, released.set).start()
    with transaction.atomic():
        assert claim().take() is None
        assert released.is_set()
    first.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("backend.common.tests.urls")
def test_parallel_requests_get_exactly_the_limit(aurora: House) -> None:
    def get(_: int) -> int:
        try:
            return int(aurora.app.get("tenant/").status_code)
        finally:
            connection.close()

    with (
        override_settings(RATE_CLASSES={"read": RateClass(10, 3600)}),
        ThreadPoolExecutor(8) as pool,
    ):
        statuses = list(pool.map(get, range(40)))
    assert statuses.count(200) == 10
    assert statuses.count(429) == 30
