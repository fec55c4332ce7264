"""The portal's tests: the cast, and the platform's stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from portal.api_client import calls
from portal.api_client.parallel import threads
from portal.api_client.tests.fake_platform import GIULIA, NOAH, FakePlatform, Person
from portal.common.translations import compile_all


def pytest_sessionstart() -> None:
    compile_all()


@pytest.fixture(autouse=True)
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePlatform]:
    """The platform as the portal sees it. Only the wire is replaced."""
    fake = FakePlatform()
    monkeypatch.setattr(calls, "transport", lambda: fake)
    yield fake
    if threads.cache_info().currsize:
        # Calls that no page waits for would go on to the next test's platform.
        threads().shutdown()
        threads.cache_clear()


def browser(person: Person | None = None) -> Client:
    """Sends what a browser on one of our own pages sends."""
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    if person:
        client.cookies["sid"] = person.token
    return client


@pytest.fixture
def visitor() -> Client:
    """Nobody in particular."""
    return browser()


@pytest.fixture
def owner() -> Client:
    """Giulia, owner of Trattoria Aurora and of Blue Fin Sushi. Reads English."""
    return browser(GIULIA)


@pytest.fixture
def waiter() -> Client:
    """Noah, waiter at Blue Fin Sushi only. Reads German."""
    return browser(NOAH)


@pytest.fixture
def read_only(settings) -> None:
    settings.PORTAL_READ_ONLY = True
