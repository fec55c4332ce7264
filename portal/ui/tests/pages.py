"""Reads a page the way its visitor does: forms as a browser would send them, links, words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from django.http import HttpResponse


@dataclass
class Page:
    text: str
    """What can be read, without markup."""
    links: dict[str, str] = field(default_factory=dict)
    """Addresses by what the link says."""
    forms: dict[str, dict[str, str]] = field(default_factory=dict)
    """What a browser would send, by the form's address; "" is the page's own."""


def read(response: HttpResponse) -> Page:
    source = response.content.decode()
    reader = _Reader()
    reader.feed(source)
    body = re.sub(r"<(head|script|style).*?</\1>", " ", source, flags=re.DOTALL)
    words = unescape(re.sub(r"<[^>]+>", " ", body))
    return Page(" ".join(words.split()), reader.links, reader.forms)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.forms: dict[str, dict[str, str]] = {}
        self._form: dict[str, str] = {}
        self._href = ""
        self._said = ""
        self._textarea = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "a":
            self._href, self._said = given.get("href", ""), ""
        elif tag == "form":
            self._form = self.forms.setdefault(given.get("action", ""), {})
        elif tag == "input" and name:
            self._form[name] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = name
            # HTML drops the line feed after the tag, the parser doesn't.
            self._form[name] = ""
        elif tag == "select":
            self._select = name
            self._form[name] = ""
        elif tag == "option" and "selected" in given:
            self._form[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href:
            self.links[" ".join(self._said.split())] = self._href
            self._href = ""
        elif tag == "textarea":
            self._form[self._textarea] = self._form[self._textarea].removeprefix("\n")
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        self._said += data
        if self._textarea:
            self._form[self._textarea] += data
