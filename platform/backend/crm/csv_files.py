"""Customers as CSV: reading what restaurants have, and writing what a spreadsheet opens safely.

No database in here. The dialect written is RFC 4180 with a byte-order mark, without which Excel
mistakes UTF-8 for an old code page.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

COLUMNS: Final = (
    "name", "email", "phone", "company", "language", "birthday", "address", "tags",
)  # fmt: skip
LARGEST_FILE: Final = 2_000_000
MOST_ROWS: Final = 5000
MOST_IGNORED_NAMED: Final = 100
TAG_SEPARATOR: Final = "|"

# Headings as other programs write them, in small letters, without spaces and signs.
_ALIASES: Final[Mapping[str, str]] = {
    "name": "name", "fullname": "name", "customer": "name", "guest": "name", "kunde": "name",
    "gast": "name", "firstname": "first", "givenname": "first", "vorname": "first",
    "lastname": "last", "surname": "last", "familyname": "last", "nachname": "last",
    "familienname": "last", "email": "email", "emailaddress": "email", "mail": "email",
    "emailadresse": "email", "mailadresse": "email", "phone": "phone", "phonenumber": "phone",
    "telephone": "phone", "mobile": "phone", "telefon": "phone", "telefonnummer": "phone",
    "tel": "phone", "handy": "phone", "mobil": "phone", "mobiltelefon": "phone",
    "company": "company", "firma": "company", "unternehmen": "company", "language": "language",
    "sprache": "language", "birthday": "birthday", "birthdate": "birthday",
    "dateofbirth": "birthday", "geburtstag": "birthday", "geburtsdatum": "birthday",
    "address": "address", "adresse": "address", "anschrift": "address", "tags": "tags",
    "labels": "tags", "schlagwörter": "tags", "schlagworte": "tags", "etiketten": "tags",
}  # fmt: skip
_DELIMITERS: Final = ",;\t"
# What makes a spreadsheet take a cell for a formula; apostrophes before it are ours, or somebody's.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_DISARMED: Final = re.compile(r"'+[=+\-@\t\r]")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


class Unreadable(ValueError):
    """The file as a whole can't be read. `code` is stable, the text for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class TooManyRows(ValueError):
    """More than MOST_ROWS."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on, and its cells that are not empty, by column.

    A `fault` says what is wrong with the row as such: ``too-many-cells`` or ``unclosed-quote``.
    """

    line: int
    values: Mapping[str, str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: list[Row]
    ignored_columns: list[str] = field(default_factory=list)


def write(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of a file of customers; `tags` is a list of names."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\r\n")

    def flush() -> str:
        text = line.getvalue()
        line.seek(0)
        line.truncate()
        return text

    writer.writerow(COLUMNS)
    yield codecs.BOM_UTF8.decode() + flush()
    for row in rows:
        cells = dict(row) | {"tags": TAG_SEPARATOR.join(row["tags"])}
        writer.writerow(["" if cells[c] is None else disarmed(str(cells[c])) for c in COLUMNS])
        yield flush()


def disarmed(cell: str) -> str:
    """The cell as a spreadsheet shows but never runs it. `armed` undoes it, whatever the cell."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def armed(cell: str) -> str:
    return cell[1:] if _DISARMED.match(cell) else cell


def read(content: bytes, *, month_first: bool = False) -> Sheet:
    """Reads a file. Raises Unreadable and TooManyRows; a broken row is a row nonetheless."""
    text = _decode(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[Row] = []
    columns: list[str | None] = []
    ignored: list[str] = []
    line = 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells) or _is_separator_hint(cells):
                continue
            if not columns:
                columns, ignored = _columns(cells)
                continue
            if len(rows) == MOST_ROWS:
                raise TooManyRows
            rows.append(_row(start, cells, columns, month_first=month_first))
    except csv.Error as error:
        raise Unreadable("not-csv", f"Line {line} can't be read as CSV.") from error
    if not columns:
        raise Unreadable("empty", "The file is empty.")
    # A quotation mark that is not closed swallows the rest of the file.
    if rows and text.count('"') % 2 and reader.line_num > rows[-1].line:
        rows[-1] = replace(rows[-1], fault="unclosed-quote")
    return Sheet(rows, ignored)


def _decode(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("spreadsheet", "This is a spreadsheet. Save it as CSV and send that.")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable("not-csv", "This is not a CSV file.")
    if re.search(r"[\x00-\x08\x0e-\x1f]", text):
        raise Unreadable("not-csv", "This is not a CSV file.")
    return text


def _delimiter(text: str) -> str:
    """The sign that the heading has most of; a comma in a file of one column."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if hint := re.fullmatch(r'"?sep=([,;\t])"?', first):
        return hint[1]
    return max(_DELIMITERS, key=first.count)


def _is_separator_hint(cells: list[str]) -> bool:
    return cells[0].strip('"').startswith("sep=") and not any(cells[1:])


def _columns(heading: list[str]) -> tuple[list[str | None], list[str]]:
    columns: list[str | None] = []
    ignored: list[str] = []
    for cell in heading:
        column = _ALIASES.get(re.sub(r"[\W_]", "", cell.casefold()))
        if column and column in columns:
            raise Unreadable("column-twice", f"The column “{cell.strip()[:40]}” is there twice.")
        columns.append(column)
        if column is None and cell.strip() and len(ignored) < MOST_IGNORED_NAMED:
            ignored.append(" ".join(cell.split())[:100])
    if not {"name", "first", "last", "email"} & set(columns):
        raise Unreadable(
            "no-heading", "The first line must name the columns, with “name” or “email” among them."
        )
    return columns, ignored


def _row(start: int, cells: list[str], columns: list[str | None], *, month_first: bool) -> Row:
    values = {
        column: armed(cell.strip())
        for column, cell in zip(columns, cells, strict=False)
        if column and cell.strip()
    }
    names = [values.pop(part) for part in ("first", "last") if part in values]
    if names:
        values.setdefault("name", " ".join(names))
    if "birthday" in values:
        values["birthday"] = _iso_date(values["birthday"], month_first=month_first)
    surplus = any(cell.strip() for cell in cells[len(columns) :])
    return Row(start, values, fault="too-many-cells" if surplus else "")


def _iso_date(cell: str, *, month_first: bool) -> str:
    """31.12.1980 and 31/12/1980 as 1980-12-31; what is no such date is left to be refused."""
    if not (found := _DAY_FIRST.fullmatch(cell)):
        return cell
    day, month, year = found.groups()
    if month_first and "/" in cell:
        day, month = month, day
    return f"{year}-{month:0>2}-{day:0>2}"
