"""What a caller may do with what it sees: replies carry it as `can`."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from backend.common.abilities import (
    CUSTOMERS_CREATE,
    CUSTOMERS_DELETE,
    CUSTOMERS_ERASE,
    CUSTOMERS_EXPORT,
    CUSTOMERS_IMPORT,
    CUSTOMERS_MERGE,
    CUSTOMERS_UPDATE,
)
from backend.common.caller import Caller

_OF_CUSTOMER: Final = {
    "update": CUSTOMERS_UPDATE,
    "delete": CUSTOMERS_DELETE,
    "merge": CUSTOMERS_MERGE,
    "erase": CUSTOMERS_ERASE,
}
_OF_LIST: Final = {
    "create": CUSTOMERS_CREATE,
    "import": CUSTOMERS_IMPORT,
    "export": CUSTOMERS_EXPORT,
}


def customer_actions(caller: Caller, erased_at: Any) -> list[str]:
    """Nothing more can be done with an erased customer."""
    if erased_at is not None:
        return []
    return [action for action, ability in _OF_CUSTOMER.items() if caller.can(ability)]


def list_actions(caller: Caller) -> list[str]:
    return [action for action, ability in _OF_LIST.items() if caller.can(ability)]


def note_actions(caller: Caller, author_id: UUID | None) -> list[str]:
    """One's own notes; others' only where one might delete the customer altogether."""
    own = author_id is not None and author_id == caller.member_id
    may = caller.can(CUSTOMERS_UPDATE) if own else caller.can(CUSTOMERS_DELETE)
    return ["delete"] if may else []
