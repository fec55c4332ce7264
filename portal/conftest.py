"""The portal's tests: their settings, the cast, and the platform's stand-in.

Settings come from here and not from the ini file, because the portal refuses to start without its
secrets and pytest-django would load settings that the ini file names before this file is read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ.update(
    DJANGO_SETTINGS_MODULE="portal.settings",
    DEBUG="0",
    SECRET_KEY="only-for-tests-" * 4,
    PLATFORM_URL="http://platform.test",
    PLATFORM_APP_ID="0199aa00-0000-7000-8000-000000000001",
    PLATFORM_APP_KEY="only-for-tests",
    ALLOWED_HOSTS="testserver",
    SECURE_SSL_REDIRECT="0",
    LOG_LEVEL="WARNING",
)

import django
import pytest
from django.conf import settings
from django.test import Client

# Hashed file names need a collected static root; a test of its own looks at those.
settings.STORAGES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
settings.WHITENOISE_AUTOREFRESH = True
django.setup()

from portal.api_client import calls
from portal.api_client.tests.fake_platform import GIULIA, NOAH, FakePlatform, Person
from portal.common.translations import compile_all


def pytest_sessionstart() -> None:
    compile_all()


@pytest.fixture(autouse=True)
def platform(monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    """The platform as the portal sees it. Only the wire is replaced."""
    fake = FakePlatform()
    monkeypatch.setattr(calls, "transport", lambda: fake)
    return fake


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
def read_only() -> Iterator[None]:
    settings.PORTAL_READ_ONLY = True
    yield
    settings.PORTAL_READ_ONLY = False
