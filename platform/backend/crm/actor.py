"""Who does something to customers."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from backend.common.caller import Caller


class Actor(NamedTuple):
    """A member by id and name; a client app by its name alone."""

    member_id: UUID | None
    name: str

    @classmethod
    def of(cls, caller: Caller) -> Actor:
        return cls(caller.member_id, caller.actor_name)
