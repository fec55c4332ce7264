"""What is read of a mail that came in. Headers may be anything: nothing here fails for them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import InvalidHeaderDefect
from typing import Any, Final

from anymail.inbound import AnymailInboundMessage

from backend.tickets.incoming.html import text_of

LONGEST_ID: Final = 255
_RECIPIENTS: Final = ("to", "cc", "bcc", "delivered-to", "x-original-to", "envelope-to")
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_ADDRESS: Final = re.compile(
    r"(?:[^<>@,;]*<\s*)?([^\s<>@,;:()\"]+@[^\s<>@,;:()\"]+)\s*>?", re.IGNORECASE
)
# Others would be the sender's choice of a slow or failing decoder.
_CHARSETS: Final = re.compile(
    r"utf-?8|(us-)?ascii|iso-?8859-\d{1,2}|latin-?\d|windows-125\d|cp125\d|koi8-[ru]|gbk?|gb2312|"
    r"gb18030|big5|shift_jis|euc-(jp|kr)|iso-2022-jp|utf-16(le|be)?",
    re.IGNORECASE,
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff]")


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came: its name and type are the sender's claims.

    `is_shown` is for a picture that the text shows by itself.
    """

    filename: str
    content_type: str
    content: bytes
    is_shown: bool


class IncomingMessage:
    """One mail, as the provider handed it over."""

    def __init__(self, message: AnymailInboundMessage, *, delivery: str = "") -> None:
        """`delivery` is the provider's own name for it, for mails without a Message-ID."""
        self.message = message
        self.headers: dict[str, list[str]] = {}
        # Python shows such a header as what it would have meant, which is one address of several.
        self.invalid: set[str] = set()
        for name, value in message.raw_items():
            folded = re.sub(r"\s+", " ", _storable(str(value))).strip()
            self.headers.setdefault(name.lower(), []).append(folded)
            if any(isinstance(each, InvalidHeaderDefect) for each in getattr(value, "defects", ())):
                self.invalid.add(name.lower())
        self.delivery = delivery

    def header(self, name: str) -> str:
        """The topmost one of the name: each server on the way puts its own above."""
        return next(iter(self.headers.get(name, ())), "")

    @property
    def mail_id(self) -> str:
        """Its Message-ID; where that can't be kept, a digest that is the same each time."""
        given = self.header("message-id")
        if given and len(given) <= LONGEST_ID and given.isascii():
            return given
        facts = given or self.delivery or repr((self.headers, self.text))
        return f"sha256:{hashlib.sha256(facts.encode()).hexdigest()}"

    @property
    def sender(self) -> str:
        """The one address in From, in small letters; empty if there are none or several."""
        given = self.headers.get("from", ())
        if len(given) != 1 or "from" in self.invalid:
            return ""
        found = _ADDRESS.fullmatch(_QUOTED.sub("", given[0]).strip())
        return found[1].lower() if found else ""

    @property
    def recipients(self) -> list[str]:
        """All headers that name one, as they are, and to whom it was delivered."""
        named = [value for name in _RECIPIENTS for value in self.headers.get(name, ())]
        return [*named, str(self.message.envelope_recipient or "")]

    @property
    def text(self) -> str:
        """What it says as plain text; empty where it has none."""
        return self._part("text/plain") or text_of(self._part("text/html"))

    @property
    def files(self) -> Iterator[File]:
        """What was attached, and what pictures stand in the text."""
        for part in self._parts():
            filename = _name_of(part)
            if part.is_attachment() or (part.is_inline() and filename):
                is_shown = part.is_inline() and "content-id" in part
                yield File(filename, part.get_content_type(), _content_of(part), is_shown)

    def _part(self, content_type: str) -> str:
        for part in self._parts():
            if part.get_content_type() == content_type and not part.is_attachment():
                charset = part.get_content_charset("utf-8")
                known = charset if _CHARSETS.fullmatch(charset) else "utf-8"
                text = _storable(part.get_content_text(charset=known, errors="replace") or "")
                if text.strip():
                    return text
        return ""

    def _parts(self) -> Iterator[Any]:
        """All but containers, and nothing of mails that are attached."""
        waiting = [self.message]
        while waiting:
            part: Any = waiting.pop(0)
            if part.get_content_maintype() != "multipart":
                yield part
            elif part.is_multipart():
                waiting[:0] = part.get_payload()


def _name_of(part: Any) -> str:
    try:
        return _storable(part.get_filename() or "")
    except (LookupError, TypeError, ValueError):
        # Encoded as nobody can read it.
        return ""


def _content_of(part: Any) -> bytes:
    if part.get_content_maintype() == "message":
        return b"".join(each.as_bytes() for each in part.get_payload())
    return part.get_payload(decode=True) or b""


def _storable(text: str) -> str:
    """Without what PostgreSQL can't hold, or nobody can see."""
    return _CONTROL.sub("", text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
