"""What the platform itself says in tickets, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from backend.billing.written import long_day
from backend.tickets.models import Event, Message, Priority
from backend.tickets.silence import NOTICE

_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        Event.CLOSING_SOON: "Nobody has written here for a while. This ticket will be closed "
        "{when} unless somebody writes.",
        Event.CLOSED_SILENT: "This ticket was closed, as nobody wrote any more. "
        "To go on with it, reopen it.",
        Event.MERGED: "Another ticket about the same matter was merged into this one.",
    },
    "de": {
        Event.CLOSING_SOON: "Hier hat eine Weile niemand geschrieben. Dieses Ticket wird {when} "
        "geschlossen, wenn niemand mehr schreibt.",
        Event.CLOSED_SILENT: "Dieses Ticket wurde geschlossen, weil niemand mehr geschrieben hat. "
        "Wenn es weitergehen soll, öffnen Sie es wieder.",
        Event.MERGED: "Ein anderes Ticket zur selben Sache wurde mit diesem zusammengeführt.",
    },
}
_SOON: Final = {"en": "soon", "de": "bald"}
_ON: Final = {"en": "on {day}", "de": "am {day}"}


def said_by(message: Message, language: str) -> str:
    """What a message of the platform's own says; its ticket and tenant are fetched."""
    closes_on = None
    if message.event == Event.CLOSING_SOON:
        zone = ZoneInfo(message.ticket.tenant.time_zone)
        closes_on = (message.created_at + NOTICE).astimezone(zone).date()
    return sentence(message.event, language, closes_on=closes_on)


def sentence(event: str, language: str, *, closes_on: date | None = None) -> str:
    """What a system message says: plain text. `closes_on` is for `Event.CLOSING_SOON`."""
    when = _SOON[language]
    if closes_on:
        when = _ON[language].format(day=long_day(closes_on, language))
    return _SENTENCES[language][event].format(when=when)


_PRIORITIES_DE: Final = {
    Priority.LOW: "niedrig",
    Priority.NORMAL: "normal",
    Priority.HIGH: "hoch",
    Priority.URGENT: "dringend",
}


def priority_in(language: str, priority: str) -> str:
    """As it reads within a sentence."""
    return _PRIORITIES_DE[Priority(priority)] if language == "de" else priority


_NOTES: Final = {
    "en": {
        "cut": "The mail was longer than a message may be: the rest was left out.",
        "left-out": "Left out: {names}.",
        "more-files": "{count} more files",
        "no-text": "Files, without a text.",
    },
    "de": {
        "cut": "Die E-Mail war länger, als eine Nachricht sein darf: Der Rest fehlt.",
        "left-out": "Nicht übernommen: {names}.",
        "more-files": "{count} weitere Dateien",
        "no-text": "Dateien, ohne Text.",
    },
}


def note(name: str, language: str, **values: object) -> str:
    """What the platform adds to a message that came by mail."""
    return _NOTES[language][name].format(**values)
