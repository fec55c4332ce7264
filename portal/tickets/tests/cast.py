"""Tickets of the tests, beyond those of the contract's examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.api_client.store import StoreRefused
from portal.api_client.tests.fake_platform import response_of

PRINTER = "01995a10-0000-7000-8000-000000000014"
PHOTO = "01995a10-0000-7000-8000-00000000f001"
LIST = "/t/aurora/tickets/"
NEW = f"{LIST}new/"
PAGE = f"{LIST}{PRINTER}/"
REPLY = f"{PAGE}reply/"
REOPEN = f"{PAGE}reopen/"
CLOSE = f"{PAGE}close/"
ANNOUNCE = f"{LIST}attachments/"
FILE = f"{PAGE}attachments/{PHOTO}/"
KEPT = f"{PHOTO} 482113 printer.jpg"
HOSTILE = '"><script>alert(1)</script>'
HTML = "<p>It is <strong>silent</strong>.</p>\n"

LIST_TICKETS = "GET tickets/"
SUMMARY = "GET tickets/summary/"
OPTIONS = "GET ticket-options/"
OPEN = "POST tickets/"
GET_TICKET = "GET tickets/{id}/"
READ = "POST tickets/{id}/reading/"
SEND = "POST tickets/{id}/messages/"
MESSAGES = "GET tickets/{id}/messages/"
SHUT = "POST tickets/{id}/closure/"
SEND_AND_REOPEN = "POST tickets/{id}/reopening/"
ANNOUNCED = "POST tickets/attachments/"
LINK = "POST tickets/{id}/attachments/{attachment_id}/link/"


class FakeStore:
    """What lies in the store, by its address; full ones refuse."""

    def __init__(self) -> None:
        self.stored: list[tuple[str, dict[str, str], bytes]] = []
        self.is_full = False

    def put(self, url: str, headers: Mapping[str, str], file: IO[bytes], size: int) -> None:
        if self.is_full:
            raise StoreRefused
        self.stored.append((url, dict(headers), file.read(size)))


def ticket(**changes: Any) -> dict[str, Any]:
    """The kitchen printer, but for `changes`."""
    return {**response_of("ticket-retrieve"), **changes}


def message(**changes: Any) -> dict[str, Any]:
    """Giulia's, but for `changes`."""
    return {**response_of("ticket-reply"), **changes}


def listed(*tickets: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {
        "results": list(tickets),
        "next_cursor": None,
        "previous_cursor": None,
        "can": ["open"],
        **members,
    }


def photo(content: bytes = b"photo", name: str = "printer.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")
