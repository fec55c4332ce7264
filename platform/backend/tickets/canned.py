"""Replies kept ready: their placeholders, and what these become in a ticket."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

PLACEHOLDERS: Final = {
    "customer": "who opened the ticket",
    "business": "the tenant's name",
    "number": "the ticket's number",
    "subject": "the ticket's subject",
    "staff": "your own name",
    "invoice": "the number of the invoice that the ticket is about",
}
# Braces around anything but a word are text like any other.
_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")
_MARKUP: Final = re.compile(r"([\\`*_\[\]{}<>&~|])")
# What makes a heading, a list or a rule of a line that begins with it.
_MARK: Final = re.compile(r"^(?=#{1,6}(?:\s|$)|[-+=])")
_NUMBER: Final = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))")


def unknown_placeholders(text: str) -> list[str]:
    """Words in braces that nothing would be put in for, in their order."""
    found = dict.fromkeys(_PLACEHOLDER.findall(text))
    return [name for name in found if name not in PLACEHOLDERS]


def unfilled(text: str) -> list[str]:
    """The placeholders that are still in a text."""
    return [name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if name in PLACEHOLDERS]


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with what is known put in, as it will read: a name formats nothing.

    A placeholder without a value stays, for its writer to see.
    """

    def put_in(found: re.Match[str]) -> str:
        value = values.get(found[1], "")
        return as_text(value) if value else found[0]

    return _PLACEHOLDER.sub(put_in, text)


def as_text(value: str) -> str:
    """Markdown that reads as `value` does, in one line."""
    line = " ".join(value.split())
    return _NUMBER.sub(r"\1\\", _MARK.sub(r"\\", _MARKUP.sub(r"\\\1", line)))
