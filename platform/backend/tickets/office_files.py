"""Office documents: zips of which the list of parts says what they are."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import IO, Final

from backend.tickets.kinds import DOCX, ODS, ODT, XLSX

UNKNOWN: Final = "application/octet-stream"
ZIP: Final = "application/zip"

# The record at a zip's end, of which the last three say how long and where the list of its entries
# is, and how long the comment behind it.
_END: Final = struct.Struct("<4s4H2LH")
_LARGER_END: Final = b"PK\x06\x07"
_LONGEST_END: Final = _END.size + 0xFFFF + 20
# Of what people send it is some kilobytes long; all of it will be in memory.
_LONGEST_LIST: Final = 1024 * 1024
_LARGEST_PART: Final = 1024 * 1024
_MACROS = re.compile(rb"vbaProject|macroEnabled", re.IGNORECASE)
_SCRIPTS: Final = ("Basic/", "Scripts/")
# What `zipfile` raises where a zip is damaged, encrypted, or packed as no office program does.
_DAMAGED: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError,
    ValueError, OSError,
)  # fmt: skip


def is_zip(file: IO[bytes]) -> bool:
    """Whether it can be opened as a zip, whatever stands before the zip in it."""
    return _length_of_list(file) is not None


def document_in(file: IO[bytes]) -> str:
    """Which office document a zip is; one with macros is a mere zip, a damaged one is nothing."""
    length = _length_of_list(file)
    if length is None or length > _LONGEST_LIST:
        return UNKNOWN
    try:
        with zipfile.ZipFile(file) as archive:
            return _document_of(archive)
    except _DAMAGED:
        return UNKNOWN


def _document_of(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "mimetype" in names:
        declared = _part(archive, "mimetype").decode(errors="replace")
        is_one = declared in (ODT.content_type, ODS.content_type) and "content.xml" in names
        return declared if is_one and not any(map(_is_script, names)) else ZIP
    if "[Content_Types].xml" not in names:
        return ZIP
    # Whatever the parts are called, programs go by this list. It may be in UTF-16.
    types = _part(archive, "[Content_Types].xml").replace(b"\0", b"")
    if _MACROS.search(types) or any("vbaproject" in name.lower() for name in names):
        return ZIP
    if "word/document.xml" in names:
        return DOCX.content_type
    return XLSX.content_type if "xl/workbook.xml" in names else ZIP


def _is_script(name: str) -> bool:
    return name.startswith(_SCRIPTS)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Raises BadZipFile where it is larger than such a part ever is."""
    with archive.open(name) as part:
        content = part.read(_LARGEST_PART + 1)
    if len(content) > _LARGEST_PART:
        raise zipfile.BadZipFile(name)
    return content


def _length_of_list(file: IO[bytes]) -> int | None:
    """Of the zip's entries, in bytes; more than allowed where a second record would say it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return None
    *_, length, start, _ = _END.unpack_from(tail, at)
    if tail[:at][-20:].startswith(_LARGER_END) or start == 0xFFFFFFFF:
        return _LONGEST_LIST + 1
    # Otherwise the four bytes stand by chance among those of a picture.
    return int(length) if start + length <= size else None
