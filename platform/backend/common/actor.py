"""Who does something, as the records keep it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self
from uuid import UUID

from backend.common.caller import Caller

Kind = Literal["person", "app", "staff", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in the portal, a client app, a member of staff, or the platform by itself.

    `id` is the person's or the app's; `member_id` is set where a person acts in a tenant. Records
    keep the name as it was.
    """

    kind: Kind
    name: str
    id: UUID | None = None
    member_id: UUID | None = None
    address: str = ""

    @classmethod
    def of(cls, caller: Caller) -> Self:
        person = caller.person
        return cls(
            kind="person" if person else "app",
            name=caller.actor_name,
            id=person.id if person else caller.app_id,
            member_id=caller.member_id,
            address=caller.address,
        )

    @classmethod
    def person(cls, person: Any, address: str = "") -> Self:
        return cls("person", person.name, person.pk, address=address)

    @classmethod
    def staff(cls, person: Any, address: str = "") -> Self:
        return cls("staff", person.name or person.email, person.pk, address=address)

    @classmethod
    def system(cls) -> Self:
        return cls("system", "Tavola")
