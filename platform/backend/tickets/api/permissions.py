"""What a caller may do with tickets: replies carry it as `can`."""

from __future__ import annotations

from backend.tickets.models import State
from backend.tickets.viewers import Viewer


def list_actions(viewer: Viewer) -> list[str]:
    return ["open"] if viewer.may_write else []


def ticket_actions(viewer: Viewer, state: str, *, is_merged: bool) -> list[str]:
    """A merged one goes on elsewhere; a closed one with a message that reopens it."""
    if is_merged or not viewer.may_write:
        return []
    return ["reopen"] if state == State.CLOSED else ["reply", "close"]
