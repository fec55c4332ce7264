"""Who is calling: an app, and behind the portal a person in one of their tenants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PersonRef:
    id: UUID
    email: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class TenantRef:
    id: UUID
    slug: str
    name: str
    country: str
    currency: str
    time_zone: str
    language: str
    state: str


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated origin of one request; DRF has it as ``request.auth``.

    `tenant` is the app's own, or the one that the person chose and is a member of. `tenants` holds
    the first few of the person's, for the portal's switcher. `requests_per_minute` is how many the
    tenant's plan includes, where a tenant's app calls; None: as many as it likes.
    """

    app_id: UUID
    app_name: str
    is_portal: bool
    address: str
    tenant: TenantRef | None = None
    person: PersonRef | None = None
    member_id: UUID | None = None
    role: str | None = None
    session_id: UUID | None = None
    abilities: frozenset[str] = field(default_factory=frozenset)
    tenants: tuple[dict[str, str], ...] = ()
    requests_per_minute: int | None = None

    @property
    def tenant_id(self) -> UUID | None:
        return self.tenant.id if self.tenant else None

    @property
    def actor_name(self) -> str:
        """The person's name, or the app's where no person is behind it."""
        return self.person.name if self.person else self.app_name

    def can(self, ability: str) -> bool:
        return ability in self.abilities

    def viewer(self) -> dict[str, Any] | None:
        """What the portal needs on every page: who looks, where, and what they may do."""
        if self.person is None:
            return None
        tenant = self.tenant
        return {
            "person": {
                "id": str(self.person.id),
                "email": self.person.email,
                "name": self.person.name,
                "language": self.person.language,
            },
            "tenant": {
                "slug": tenant.slug,
                "name": tenant.name,
                "country": tenant.country,
                "currency": tenant.currency,
                "time_zone": tenant.time_zone,
                "language": tenant.language,
                "state": tenant.state,
            }
            if tenant
            else None,
            "role": self.role,
            "abilities": sorted(self.abilities),
            "tenants": list(self.tenants),
        }
