"""What somebody wrote in a mail, without what their mail program put around it.

Which lines introduce a quotation `mailparser_reply` knows, for both languages. What it takes for a
signature is too much for us: everything from a line on that begins with "Thanks," or "Grüße".
Here a line is given up only where nothing is lost with it; in doubt it stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Final

from mailparser_reply.parser import EmailMessage

LONGEST_READ: Final = 50_000
# The library's patterns take a line's length cubed; headers of quotations are short.
_LONGEST_HEADER_LINE: Final = 150
_HEADER: Final = EmailMessage(text="", languages=["en", "de"]).HEADER_REGEX
_DELIMITER: Final = re.compile(r"--\s?")
_DEVICE: Final = re.compile(
    r"(sent from (my|mail|outlook|yahoo|samsung|proton)|sent via|get outlook for|"
    r"gesendet (von|mit)|von meinem .{1,40} gesendet|"
    r"diese nachricht wurde von mein).{0,80}",
    re.IGNORECASE,
)
# No thanks among them: "Thanks," begins more often than it ends.
_CLOSING: Final = re.compile(
    r"((with )?(kind|kindest|best|warm|warmest) (regards|wishes)|regards|all the best|"
    r"(yours )?(sincerely|faithfully|truly)( yours)?"
    r"|mit (freundlichen|besten|lieben|herzlichen|schönen|vielen) gr(ü|ue)(ß|ss)en"
    r"|((freundliche|beste|liebe|herzliche|schöne|viele) )?gr(ü|ue)(ß|ss)e"
    r"|((lieber|schöner|herzlicher) )?gru(ß|ss)|mfg|lg|vg|hochachtungsvoll)"
    r"( (aus|from) [\w-]{1,30})?\s?[,.!]{0,2}",
    re.IGNORECASE,
)
_AFTERTHOUGHT: Final = re.compile(r"p\.?\s?s\b", re.IGNORECASE)
_MOST_SIGNATURE_LINES: Final = 10
_LONGEST_SIGNATURE_LINE: Final = 70


def trimmed(text: str, *, lines_above: Iterable[str] = ()) -> str:
    """The writer's own lines. Quotations between them stay, as they say what is answered.

    `lines_above` are what our mails begin with, below which nothing is the writer's.
    """
    lines = text[:LONGEST_READ].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = list(takewhile(lambda line: not _holds(line, lines_above), lines))
    lines = [line for line in lines if not _holds(line.lstrip("> "), lines_above, quoted=True)]
    lines = _without_unquoted_history(lines)
    lines = _without_signature(_without_quotation_below(_without_signature(lines)))
    lines = _without_one_quotation_above(lines)
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _holds(line: str, lines_above: Iterable[str], *, quoted: bool = False) -> bool:
    """Whether it is one of ours. Quoted, it ends nothing: answers may stand below."""
    return (quoted or not _is_quoted(line)) and any(ours in line for ours in lines_above)


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _headers(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Of each introduction of a quotation its first line, and the one after its last."""
    text = "\n".join(line.strip()[:_LONGEST_HEADER_LINE] for line in lines)
    for found in _HEADER.finditer(text):
        begin = found.start() + len(found.group()) - len(found.group().lstrip("\n"))
        first = text.count("\n", 0, begin)
        yield first, first + found.group().strip("\n").count("\n") + 1


def _without_unquoted_history(lines: list[str]) -> list[str]:
    """Outlook marks no quoted line: what follows its header isn't the writer's any more."""
    for first, after in _headers(lines):
        following = next((line for line in lines[after:] if line.strip()), "")
        if not _is_quoted(following) and not _is_quoted(lines[first]):
            return _without_rule(lines[:first])
    return lines


def _without_rule(lines: list[str]) -> list[str]:
    """Drops the line of underscores with which Outlook parts an answer from its history."""
    kept = _stripped(lines)
    while kept and re.fullmatch(r"\s*(_{5,}|-{5,}[\w ]*-{5,})\s*", kept[-1]):
        kept = _stripped(kept[:-1])
    return kept


def _without_quotation_below(lines: list[str]) -> list[str]:
    kept = _stripped(lines)
    if not kept or not _is_quoted(kept[-1]):
        # The line above which it was written may have parted a header from what it introduced.
        return _without_header(kept)
    while kept and (_is_quoted(kept[-1]) or not kept[-1].strip()):
        kept.pop()
    return _without_header(kept)


def _without_header(lines: list[str]) -> list[str]:
    for first, after in _headers(lines):
        if after >= len(lines):
            return _stripped(lines[:first])
    return lines


def _without_one_quotation_above(lines: list[str]) -> list[str]:
    """Of an answer written below what it answers; several answers keep what each is about."""
    rest = list(lines)
    if rest and (header := next(_headers(rest), None)) and header[0] == 0:
        rest = rest[header[1] :]
    begin = next((i for i, line in enumerate(rest) if line.strip() and not _is_quoted(line)), 0)
    if not begin or any(_is_quoted(line) for line in rest[begin:]):
        return lines
    return rest[begin:]


def _without_signature(lines: list[str]) -> list[str]:
    kept = _stripped(lines)
    for index, line in enumerate(kept):
        if _DELIMITER.fullmatch(line) and not any(map(_is_quoted, kept[index:])):
            return _stripped(kept[:index])
    while kept and _DEVICE.fullmatch(kept[-1].strip()):
        kept = _stripped(kept[:-1])
    below = len(kept) - 1 - _MOST_SIGNATURE_LINES
    for index in range(max(1, below), len(kept)):
        if _CLOSING.fullmatch(kept[index].strip()) and _is_signature(kept[index + 1 :]):
            return _stripped(kept[:index])
    return kept


def _is_signature(lines: list[str]) -> bool:
    """Whether these may be a name and an address: short lines, no questions, no afterthought."""
    return all(
        len(line.strip()) <= _LONGEST_SIGNATURE_LINE
        and not line.rstrip().endswith(("?", "!", "."))
        and not _AFTERTHOUGHT.match(line.strip())
        and not _is_quoted(line)
        for line in lines
    )


def _stripped(lines: list[str]) -> list[str]:
    """Without empty lines at its end."""
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
