"""The kinds of files that may go with a message. What isn't listed is refused.

Pictures, documents and tables that people take, print and write. No pages, drawings, scripts or
programs (html, svg, js, exe), as they do something when they are opened. No archives and no mails
(zip, eml), as anything may be in them and nobody looks. No office files of before 2007 (doc, xls),
as it can't be told whether they hold macros.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_OPEN: Final = "application/vnd.oasis.opendocument"


@dataclass(frozen=True, slots=True)
class Kind:
    """`extensions` are without the dot, the usual one first."""

    content_type: str
    extensions: tuple[str, ...]


TEXT: Final = Kind("text/plain", ("txt", "log"))
CSV: Final = Kind("text/csv", ("csv",))
PDF: Final = Kind("application/pdf", ("pdf",))
DOCX: Final = Kind(f"{_OFFICE}.wordprocessingml.document", ("docx",))
XLSX: Final = Kind(f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",))
ODT: Final = Kind(f"{_OPEN}.text", ("odt",))
ODS: Final = Kind(f"{_OPEN}.spreadsheet", ("ods",))

KINDS: Final = (
    Kind("image/jpeg", ("jpg", "jpeg", "jfif")),
    Kind("image/png", ("png",)),
    # What phones take by default.
    Kind("image/heic", ("heic", "heif")),
    Kind("image/webp", ("webp",)),
    Kind("image/gif", ("gif",)),
    PDF,
    DOCX,
    XLSX,
    ODT,
    ODS,
    TEXT,
    CSV,
)
BY_CONTENT_TYPE: Final = {kind.content_type: kind for kind in KINDS}
BY_EXTENSION: Final = {extension: kind for kind in KINDS for extension in kind.extensions}
