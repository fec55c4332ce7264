"""HTML mails as text: nothing of their markup, scripts and pictures, and quotations marked.

Read by a scanner of our own that never looks at a character twice: the standard library's parser
takes a minute over half a megabyte of "<!--", and fails over "<![".
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

LONGEST_READ: Final = 500_000
_LONGEST_TAG: Final = 5_000
_UNSEEN: Final = {
    name: re.compile(f"</{name}", re.IGNORECASE)
    for name in ("script", "style", "template", "title")
}
# Between them there is an empty line.
_PARAGRAPHS: Final = frozenset(
    {"h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"}
)
_BLOCKS: Final = _PARAGRAPHS | {
    "address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "footer", "header",
    "hr", "li", "main", "section", "tr",
}  # fmt: skip
_DEEPEST_QUOTE: Final = 5
_NAME: Final = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_HREF: Final = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SPACES: Final = re.compile(r"[ \t\r\n\f\u00a0]+")


def text_of(html: str) -> str:
    """Plain text with "> " before each quoted line. Malformed HTML gives what can be made of it."""
    page, html, at = _Page(), html[:LONGEST_READ], 0
    while (begin := html.find("<", at)) >= 0:
        page.say(html[at:begin])
        at = _read_tag(page, html, begin)
    page.say(html[at:])
    return page.text()


def _read_tag(page: _Page, html: str, begin: int) -> int:
    """Where the text goes on after what begins with "<": at the end, where it never ends."""
    if html.startswith("<!--", begin):
        end = html.find("-->", begin + 4)
        return end + 3 if end >= 0 else len(html)
    name = _NAME.match(html, begin)
    if name is None and not html.startswith(("<!", "<?", "</"), begin):
        page.say("<")
        return begin + 1
    end = _end_of_tag(html, begin)
    if name is None or end == len(html):
        return end
    tag = name[1].lower()
    if html[begin + 1] == "/":
        page.end(tag)
        return end
    if tag in _UNSEEN:
        closing = _UNSEEN[tag].search(html, end)
        return closing.start() if closing else len(html)
    page.begin(tag, html[begin:end])
    return end


def _end_of_tag(html: str, begin: int) -> int:
    """After its ">", but for one in an attribute."""
    end = html.find(">", begin)
    if end < 0:
        return len(html)
    if html.count('"', begin, end) % 2:
        closed = html.find('"', end, end + _LONGEST_TAG)
        further = html.find(">", closed, closed + _LONGEST_TAG) if closed >= 0 else -1
        end = max(end, further)
    return end + 1


class _Page:
    """The lines that were read."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.preformatted = 0
        self.link = ""

    def text(self) -> str:
        self._end_line()
        return "\n".join(self.lines).strip("\n")

    def say(self, source: str) -> None:
        data = unescape(source)
        if self.preformatted:
            *whole, last = data.split("\n")
            for each in whole:
                self.line.append(each)
                self._break_line()
            self.line.append(last)
            return
        text = _SPACES.sub(" ", data)
        if not self.line or self.line[-1].endswith(" "):
            text = text.lstrip(" ")
        if text:
            self.line.append(text)

    def begin(self, tag: str, source: str) -> None:
        if tag == "br":
            self._break_line()
        elif tag == "a":
            found = _HREF.search(source)
            self.link = unescape(next(filter(None, found.groups()), "")) if found else ""
        elif tag in _BLOCKS:
            self._part(tag)
            self.quotes += tag == "blockquote"
            self.preformatted += tag == "pre"
            if tag == "li":
                self.line.append("- ")

    def end(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.line.append(" ")
        elif tag == "a":
            self._say_where_it_leads()
        elif tag in _BLOCKS:
            self._part(tag)
            self.quotes = max(0, self.quotes - (tag == "blockquote"))
            self.preformatted = max(0, self.preformatted - (tag == "pre"))

    def _say_where_it_leads(self) -> None:
        shown = self.line[-1].strip() if self.line else ""
        if self.link.startswith(("https://", "http://")) and shown != self.link:
            self.line.append(f" ({self.link})")
        self.link = ""

    def _part(self, tag: str) -> None:
        self._end_line()
        if tag in _PARAGRAPHS and self.lines and self.lines[-1].strip("> "):
            self._break_line()

    def _end_line(self) -> None:
        if "".join(self.line).strip():
            self._break_line()

    def _break_line(self) -> None:
        quote = "> " * min(self.quotes, _DEEPEST_QUOTE)
        self.lines.append((quote + "".join(self.line).rstrip()).rstrip())
        self.line = []
