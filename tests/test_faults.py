"""What a visitor sees when something is killed: nothing lost, nothing invented."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest
import requests

from tests.running_pair import PASSWORD, RunningPair, free_port

# The portal waits two seconds for a connection and five for an answer.
PATIENCE = 8
PAGES = (
    "/t/",
    "/t/aurora/",
    "/t/aurora/customers/",
    "/t/aurora/customers/?q=mar",
    "/t/aurora/customers/new/",
    "/t/aurora/customers/import/",
    "/t/aurora/customers/imports/",
    "/t/aurora/customers/export.csv",
    "/account/",
    "/account/security/",
)


@pytest.fixture
def visitor(pair: RunningPair) -> Iterator[requests.Session]:
    """Somebody signed in, as a browser would be, but without one."""
    with requests.Session() as session:
        session.headers["Origin"] = pair.portal
        signed_in = session.post(
            f"{pair.portal}/sign-in/",
            {"email": "owner@aurora.test", "password": PASSWORD},
            timeout=PATIENCE,
        )
        assert signed_in.status_code == 200
        assert "sid" in session.cookies
        yield session


def get(session: requests.Session, address: str) -> requests.Response:
    return session.get(address, timeout=PATIENCE, allow_redirects=False)


def test_the_platform_stops_and_comes_back(pair: RunningPair, visitor: requests.Session) -> None:
    assert get(visitor, f"{pair.portal}/t/aurora/customers/").status_code == 200
    pair.kill("platform")
    try:
        for page in PAGES:
            began = time.monotonic()
            response = get(visitor, pair.portal + page)
            assert response.status_code == 503, page
            assert int(response.headers["Retry-After"]) in range(1, 301)
            assert "Traceback" not in response.text
            assert "No customers" not in response.text
            assert time.monotonic() - began < PATIENCE
            assert "sid" in visitor.cookies, "an outage must not sign anybody out"
        assert requests.get(f"{pair.portal}/health/live", timeout=PATIENCE).status_code == 200
        assert requests.get(f"{pair.portal}/status/", timeout=PATIENCE).status_code in (200, 503)
    finally:
        pair.start_platform()
    for page in PAGES:
        assert get(visitor, pair.portal + page).status_code == 200, page


def test_a_portal_dies_between_two_requests(pair: RunningPair, visitor: requests.Session) -> None:
    first = get(visitor, f"{pair.portal}/t/aurora/customers/")
    assert first.status_code == 200
    pair.kill("portal")
    pair.start_portal()
    second = get(visitor, f"{pair.portal}/t/aurora/customers/")
    assert second.status_code == 200
    assert "Trattoria Aurora" in second.text


def test_signing_out_of_one_portal_is_signing_out_of_all(
    pair: RunningPair, visitor: requests.Session
) -> None:
    other = f"http://localhost:{pair.start_portal('second portal', free_port())}"
    try:
        stolen = {"sid": visitor.cookies["sid"]}
        assert get(visitor, f"{other}/t/aurora/").status_code == 200
        out = visitor.post(
            f"{other}/sign-out/", headers={"Origin": other}, timeout=PATIENCE, allow_redirects=False
        )
        assert out.status_code in (302, 303)
        for portal in (pair.portal, other):
            response = requests.get(
                f"{portal}/t/aurora/", cookies=stolen, timeout=PATIENCE, allow_redirects=False
            )
            assert response.status_code in (302, 303)
            assert response.headers["Location"].startswith("/sign-in/")
    finally:
        pair.kill("second portal")


def test_a_killed_worker_is_no_obstacle_to_mail(pair: RunningPair) -> None:
    pair.kill("worker")
    with requests.Session() as session:
        session.headers["Origin"] = pair.portal
        session.post(
            f"{pair.portal}/password-reset/", {"email": "waiter@bluefin.test"}, timeout=PATIENCE
        )
    pair.start_worker()
    assert pair.code_sent_to("waiter@bluefin.test")


def test_the_databases_connections_are_cut(pair: RunningPair, visitor: requests.Session) -> None:
    """As in a restart: the next request finds its connection dead; the visitor notices nothing."""
    page = f"{pair.portal}/t/aurora/customers/"
    for _ in range(8):
        assert get(visitor, page).status_code == 200
    with psycopg.connect(pair.database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    for _ in range(8):
        assert get(visitor, page).status_code == 200
