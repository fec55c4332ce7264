"""Who is looking at the page, as the platform sees it."""

from __future__ import annotations

from uuid import UUID

import msgspec


class Person(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    email: str
    name: str
    language: str
    verified: bool = True


class TenantLink(msgspec.Struct, frozen=True, kw_only=True):
    slug: str
    name: str


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    slug: str
    name: str
    country: str
    currency: str
    time_zone: str
    language: str
    state: str


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """The signed-in person, the chosen business, and what they may do in it.

    It comes with the page's own call, in the `X-Viewer` header of the reply, so that it costs no
    call of its own.
    """

    person: Person
    tenant: Tenant | None = None
    role: str | None = None
    abilities: frozenset[str] = frozenset()
    tenants: tuple[TenantLink, ...] = ()
    """The businesses of this person, at most 20."""

    def can(self, ability: str) -> bool:
        return ability in self.abilities
