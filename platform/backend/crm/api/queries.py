"""Reading the query string of lists."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from rest_framework.request import Request

from backend.common.api import KeysetPage
from backend.common.api.pagination import invalid
from backend.crm.search import Match, search

ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("sort_name", "id"),
    "-name": ("-sort_name", "-id"),
    "created": ("created_at", "id"),
    "-created": ("-created_at", "-id"),
    "updated": ("updated_at", "id"),
    "-updated": ("-updated_at", "-id"),
}
# The same, by the copies beside a tag.
TAGGED_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("link__sort_name", "link__customer_id"),
    "-name": ("-link__sort_name", "-link__customer_id"),
    "created": ("link__customer_created_at", "link__customer_id"),
    "-created": ("-link__customer_created_at", "-link__customer_id"),
    "updated": ("updated_at", "id"),
    "-updated": ("-updated_at", "-id"),
}
NEWEST_FIRST: Final[dict[str, tuple[str, ...]]] = {"-created": ("-created_at", "-id")}


def read_text(request: Request, name: str, longest: int) -> str:
    """A text from the query string, without spaces around it; 400 for what can't be one."""
    text: str = request.query_params.get(name, "").strip()
    if len(text) > longest:
        raise invalid(name, "max-length", f"At most {longest} characters are expected.")
    if "\x00" in text:
        raise invalid(name, "invalid", "Null characters are not allowed.")
    return text


def read_unreachable(request: Request) -> bool:
    """`?contact=none`: only those without any contact."""
    contact = request.query_params.get("contact", "")
    if contact not in ("", "none"):
        raise invalid("contact", "invalid", "Only none is expected.")
    return bool(contact)


class SearchPage(KeysetPage):
    """A page of what a search finds, in the order of what matched, whatever `order` says."""

    def __init__(self, request: Request) -> None:
        super().__init__(request, orders=dict.fromkeys(ORDERS, ("term", "id")), default="name")

    def find(self, q: str, tag: str) -> list[Match]:
        """The matches of this page. One query."""
        found = search(
            q, tag=tag, start=self._start(), backwards=self.backwards, most=self.limit + 1
        )
        return self._cut(found)

    def _start(self) -> Match | None:
        if self.start is None:
            return None
        term, id_ = self.start
        try:
            return Match(UUID(id_), term)
        except ValueError as error:
            raise invalid("cursor", "invalid", "This cursor is not one of ours.") from error
