"""Reads a page's form the way a browser would send it back."""

from __future__ import annotations

from html.parser import HTMLParser

from django.http import HttpResponse


class _Inputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and (name := given.get("name")):
            self.values[name] = given.get("value") or ""


def filled(response: HttpResponse, **entered: str) -> dict[str, str]:
    """The page's inputs with their values, and what somebody typed on top."""
    parser = _Inputs()
    parser.feed(response.content.decode())
    return {**parser.values, **entered}
