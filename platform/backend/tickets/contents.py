"""What a file is by its contents: by its first bytes, and a look at how it is built."""

from __future__ import annotations

import codecs
import re
from typing import IO, Final

import filetype

from backend.tickets.kinds import CSV, DOCX, ODS, ODT, PDF, TEXT, XLSX, Kind
from backend.tickets.office_files import UNKNOWN, ZIP, document_in, is_zip

_HEAD: Final = 8192
_PIECE: Final = 256 * 1024
# Readers of PDF look this far for its beginning, whatever stands before.
_PDF_WITHIN: Final = 1024
_HTML: Final = "text/html"
_ZIPPED: Final = (DOCX, XLSX, ODT, ODS)
# Animated ones begin in another way, and are shown by the same programs.
_ALSO_CALLED: Final = {"image/apng": "image/png"}

# By what browsers take a text for a page: the WHATWG's list, and some that run on their own.
_PAGE = re.compile(
    r"<(!--|!doctype|[?]xml|[?]php|(html|head|body|script|style|iframe|frameset|object|embed|applet"
    r"|svg|math|meta|link|base|title|form|img|video|audio|table|template|font|div|h1|br|p|a|b)"
    r"[\s/>])",
    re.IGNORECASE,
)
_PAGE_IN_BINARY = re.compile(rb"<(!doctype\s+html|html|script|iframe|svg|[?]php)\b", re.IGNORECASE)
_OTHER_TEXTS: Final = (
    ("{\\rtf", "application/rtf"),
    ("%!PS", "application/postscript"),
    ("#!", "text/x-script"),
)
_BINARY_BYTES: Final = bytes({*range(0x20), 0x7F} - set(b"\t\n\f\r"))


def found_in(file: IO[bytes], kind: Kind) -> str:
    """The content type of what is in the file; that of `kind` only where it is nothing else too.

    Memory stays flat however large the file is.
    """
    file.seek(0)
    head = file.read(_HEAD)
    guess = filetype.guess(head)
    found = _ALSO_CALLED.get(guess.mime, guess.mime) if guess else UNKNOWN
    if kind in (TEXT, CSV):
        return _of_text(file, head, kind) or found
    if kind in _ZIPPED and head.startswith(b"PK\x03\x04"):
        found = document_in(file)
    elif is_zip(file):
        # Whoever opens it as an archive finds something else in it.
        return ZIP
    return _hidden_in(head, kind) or found


def _hidden_in(head: bytes, kind: Kind) -> str:
    """What else a program may take it for, or nothing."""
    if kind is not PDF and b"%PDF-" in head[:_PDF_WITHIN]:
        return PDF.content_type
    return _HTML if _PAGE_IN_BINARY.search(head[:_PDF_WITHIN]) else ""


def _of_text(file: IO[bytes], head: bytes, kind: Kind) -> str:
    """What the text is, or nothing where it is none."""
    for encoding in _encodings(head):
        try:
            beginning = _decoded(file, encoding)
        except UnicodeDecodeError:
            continue
        return _of_words(beginning) or kind.content_type
    return ""


def _encodings(head: bytes) -> tuple[str, ...]:
    """In which it may be: what tables are saved in, in Unicode or in western Europe's letters."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8-sig", "latin-1")


def _decoded(file: IO[bytes], encoding: str) -> str:
    """The beginning of it. Raises UnicodeDecodeError where any of it isn't text."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    beginning = ""
    while piece := file.read(_PIECE):
        text = decoder.decode(piece)
        plain = text.encode() if encoding == "utf-16" else piece
        if plain.translate(None, _BINARY_BYTES) != plain:
            raise UnicodeDecodeError(encoding, piece, 0, 1, "a control character")
        beginning = beginning or text[:_HEAD]
    decoder.decode(b"", final=True)
    return beginning


def _of_words(beginning: str) -> str:
    start = beginning.lstrip("\ufeff \t\n\f\r")
    if _PAGE.match(start):
        return _HTML
    if "%PDF-" in beginning[:_PDF_WITHIN]:
        return PDF.content_type
    return next((found for mark, found in _OTHER_TEXTS if start.startswith(mark)), "")
