"""The signed-in person, their businesses and their sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls
from portal.api_client.viewer import Person


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    slug: str
    name: str
    role: str
    country: str
    currency: str
    state: str


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    person: Person
    tenants: tuple[Membership, ...]


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A place where the person is signed in."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str | None
    place: str
    """ "Vienna, Austria" in the person's language; empty where it isn't known."""
    user_agent: str
    current: bool


class SessionList(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[Session, ...]


class Me:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get(self) -> Profile:
        return self._calls.fetch(paths.GET_ME, Profile)

    def update(self, *, name: str, language: str, idempotency_key: str = "") -> Profile:
        return self._calls.fetch(
            paths.UPDATE_ME,
            Profile,
            json={"name": name, "language": language},
            idempotency_key=idempotency_key,
        )

    def sessions(self) -> tuple[Session, ...]:
        return self._calls.fetch(paths.LIST_SESSIONS, SessionList).results

    def end_session(self, id: UUID) -> None:  # noqa: A002 -- it is the session's `id`
        self._calls.send(paths.END_SESSION, parts={"id": id})

    def end_other_sessions(self) -> None:
        self._calls.send(paths.END_OTHER_SESSIONS)
