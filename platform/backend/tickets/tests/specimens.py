"""Small files of each kind, as programs make them, and some that aren't what they say."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Final

from backend.tickets.kinds import DOCX, ODS, ODT, XLSX


def png(*extra: bytes) -> bytes:
    """One grey pixel; `extra` stands behind its end."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = chunk(b"IHDR", struct.pack(">2I5B", 1, 1, 8, 0, 0, 0, 0))
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            head,
            chunk(b"IDAT", zlib.compress(b"\0\x80")),
            chunk(b"IEND", b""),
            *extra,
        ]
    )


def zipped(parts: dict[str, bytes | str], *, stored: int = 1) -> bytes:
    """A zip of these parts, of which the first ones are not compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for index, (name, content) in enumerate(parts.items()):
            how = zipfile.ZIP_STORED if index < stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=how)
    return file.getvalue()


TYPES: Final = (
    '<?xml version="1.0"?><Types><Default Extension="xml" ContentType="text/xml"/></Types>'
)


def office(main: str, **more: bytes | str) -> bytes:
    parts: dict[str, bytes | str] = {"[Content_Types].xml": TYPES, "_rels/.rels": "<r/>"}
    return zipped({**parts, main: "<document/>", **more}, stored=0)


def open_document(content_type: str, **more: bytes | str) -> bytes:
    parts: dict[str, bytes | str] = {"mimetype": content_type, "content.xml": "<document/>"}
    return zipped({**parts, **more})


JPEG: Final = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9"
GIF: Final = (
    b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\x04"
    b"\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
)
WEBP: Final = b"RIFF\x1a\0\0\0WEBPVP8L\r\0\0\0/\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"
HEIC: Final = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic\0\0\0\x08mdat"
PDF: Final = (
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)

# Of each kind some files that are taken.
GOOD: Final[list[tuple[str, bytes]]] = [
    ("image/png", png()),
    ("image/jpeg", JPEG),
    # Phones append a film to the picture.
    ("image/jpeg", JPEG + b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
    ("image/gif", GIF),
    ("image/webp", WEBP),
    ("image/heic", HEIC),
    ("application/pdf", PDF),
    (DOCX.content_type, office("word/document.xml")),
    (XLSX.content_type, office("xl/workbook.xml")),
    (ODT.content_type, open_document(ODT.content_type)),
    (ODS.content_type, open_document(ODS.content_type)),
    ("text/plain", b"The printer says: PC LOAD LETTER\r\n"),
    ("text/plain", "Küche, 3 Gänge: 40 €".encode()),
    ("text/plain", "Küche, 3 Gänge: 40 €".encode("cp1252")),
    ("text/plain", "Küche\n".encode("utf-8-sig")),
    # Two letters with which pictures and programs begin.
    ("text/plain", b"BMW, white, in front of the door"),
    ("text/plain", b"MZ 17, table 4"),
    ("text/plain", b"<anna@aurora.test> wrote: 2 < 3"),
    ("text/plain", b"It says <script> on the screen"),
    ("text/csv", b"table;sum\r\n4;12,50\r\n"),
    ("text/csv", "table\tsum\r\n4\t12,50\r\n".encode("utf-16")),
]

_PAGE: Final = b"<html><script>alert(1)</script></html>"
_EXE: Final = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + bytes(64)
_MACRO: Final = TYPES.replace("text/xml", "application/vnd.ms-office.vbaProject")

# What a file says it is, and what it is instead.
BAD: Final[list[tuple[str, bytes]]] = [
    ("image/png", _PAGE),
    ("image/png", JPEG),
    ("image/png", _EXE),
    ("image/png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ("image/png", b"\x89PNG\r\n\x1a\n" + _PAGE),
    ("image/png", png(zipped({"a.js": "1"}))),
    ("image/jpeg", JPEG + zipped({"a.js": "1"})),
    ("image/jpeg", JPEG[:20] + b"<script>alert(1)</script>" + JPEG[20:]),
    ("image/jpeg", JPEG[:20] + PDF + JPEG[20:]),
    ("image/gif", b"GIF89a/*<script>*/=1;alert(1)"),
    ("application/pdf", _PAGE),
    ("application/pdf", b" " + PDF),
    ("application/pdf", PDF + zipped({"a.js": "1"})),
    ("text/plain", _PAGE),
    ("text/plain", b"\n\t <!DOCTYPE html>"),
    ("text/plain", b"\xef\xbb\xbf<script src='//evil.example'></script>"),
    ("text/plain", "<html>".encode("utf-16")),
    ("text/plain", b"<?xml version='1.0'?><svg/>"),
    ("text/plain", b"<?php system($_GET['c']);"),
    ("text/plain", b"#!/bin/sh\nrm -rf /\n"),
    ("text/plain", b"{\\rtf1\\ansi}"),
    ("text/plain", b"%PDF-1.4 all of it in letters"),
    ("text/plain", b"one\0two"),
    ("text/plain", "one\0two".encode("utf-16")),
    ("text/plain", "in UTF-16 and doesn't say so".encode("utf-16-le")),
    ("text/plain", b"\x1b]0;a title for whoever prints it\x07"),
    ("text/plain", png()),
    ("text/csv", zipped({"a.csv": "1"})),
    ("text/csv", b"table;sum\n" * 100_000 + b"\0"),
    (DOCX.content_type, zipped({"a.txt": "1"})),
    (DOCX.content_type, office("xl/workbook.xml")),
    (DOCX.content_type, office("word/document.xml", **{"word/vbaProject.bin": b"1"})),
    (DOCX.content_type, office("word/document.xml", **{"[Content_Types].xml": _MACRO})),
    (
        DOCX.content_type,
        office("word/document.xml", **{"[Content_Types].xml": _MACRO.encode("utf-16")}),
    ),
    (DOCX.content_type, _EXE + office("word/document.xml")),
    (DOCX.content_type, office("word/document.xml")[:-30]),
    (DOCX.content_type, b"PK\x03\x04"),
    (DOCX.content_type, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    (XLSX.content_type, office("xl/workbook.bin")),
    (ODT.content_type, open_document(ODS.content_type)),
    (ODT.content_type, open_document(ODT.content_type, **{"Basic/Standard/m.xml": "Shell"})),
    (ODT.content_type, open_document(f"{ODT.content_type}-template")),
]
