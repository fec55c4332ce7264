from __future__ import annotations

import pytest

from portal.tickets import uploads
from portal.tickets.tests.cast import FakeStore
from portal.tickets.views import thread


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> FakeStore:
    """Where files go. Only the wire is replaced."""
    fake = FakeStore()
    monkeypatch.setattr(uploads, "store", lambda: fake)
    return fake


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows a page is done by the time that a test looks."""
    monkeypatch.setattr(thread, "afterwards", lambda call: call())
