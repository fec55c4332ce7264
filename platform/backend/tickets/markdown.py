"""Messages as HTML: for the API, and so for the portal, for staff and for mails.

What is written is never HTML: the parser knows none, and what it makes has no attributes but a
link's address, which is on the web or a mail address. Pictures become links, as loading one would
tell its owner who reads a ticket, and when. What people seldom mean is off: a line of `#` or `---`
doesn't make the one above a heading, four spaces don't make code, and `[1]: …` doesn't vanish.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

# Opening them tells the other site nothing, and brings it no standing.
REL: Final = "noopener noreferrer nofollow"
# Above, a text is shown as it was typed. What is nested in such numbers takes seconds to parse.
MOST_MARKS: Final = 2000
MOST_LINES: Final = 1000
_MARKS: Final = re.compile(r"[\[*_`<]")
_LINKED: Final = re.compile(r"https?://[^/?#\s]|mailto:[^/\s]", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
_ENDS_A_SENTENCE: Final = ".,:;!?)]}*_"
_OF_LINKS: Final = ("link_open", "link_close")
_OFF: Final = (
    "code", "entity", "heading", "html_block", "html_inline", "lheading", "reference",
)  # fmt: skip


def render(body: str) -> str:
    """The message as HTML that is safe to print as it is. Line breaks stay as they were typed."""
    if len(_MARKS.findall(body)) > MOST_MARKS or body.count("\n") > MOST_LINES:
        return as_typed(body)
    return str(_parser.render(body))


def as_typed(text: str) -> str:
    """The text as paragraphs and lines, with nothing in it understood as anything else."""
    paragraphs = re.split(r"\n{2,}", text.strip("\n"))
    return "".join(
        "<p>" + escapeHtml(each).replace("\n", "<br>\n") + "</p>\n" for each in paragraphs
    )


class _Renderer(RendererHTML):
    """Writes no attribute that isn't named here."""

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return _link_to(str(tokens[idx].attrs["href"]))

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        token = tokens[idx]
        address = str(token.attrs["src"])
        name = escapeHtml(self.renderInlineAsText(token.children, options, env).strip() or address)
        # Within a link there is no other.
        is_within = sum(each.nesting for each in tokens[:idx] if each.type in _OF_LINKS)
        return name if is_within or not address else f"{_link_to(address)}{name}</a>"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f"<pre><code>{escapeHtml(tokens[idx].content)}</code></pre>\n"


def _link_to(address: str) -> str:
    return f'<a href="{escapeHtml(address)}" rel="{REL}">'


def _link_addresses(state: StateCore) -> None:
    """Makes links of addresses that stand in the text."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = list(_linked(block.children))


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    """Without links that lead nowhere or stand within another, which the parser lets through."""
    kept: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            kept.append(bool(token.attrs["href"]) and not any(kept))
            if kept[-1]:
                yield token
        elif token.type == "link_close":
            if kept.pop():
                yield token
        elif token.type == "text" and not any(kept):
            yield from _parts(token)
        else:
            yield token


def _parts(token: Token) -> Iterator[Token]:
    """A text, cut where addresses begin and end."""
    text, end = token.content, 0
    for found in _ADDRESS.finditer(text):
        shown = found[0].rstrip(_ENDS_A_SENTENCE)
        address = _parser.normalizeLink(shown)
        if not _parser.validateLink(address):
            continue
        yield Token("text", "", 0, content=text[end : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": address})
        yield Token("text", "", 0, content=shown)
        yield Token("link_close", "a", -1)
        end = found.start() + len(shown)
    yield Token("text", "", 0, content=text[end:])


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser asks it of every link
        """On the web, or a mail address. Anything else stays the text that it is."""
        return _LINKED.match(url) is not None


def _make_parser() -> _Parser:
    options: MutableMapping[str, Any] = {"html": False, "breaks": True, "xhtmlOut": False}
    parser = _Parser("commonmark", options, renderer_cls=_Renderer)
    parser.disable(_OFF)
    parser.core.ruler.push("link_addresses", _link_addresses)
    return parser


_parser: Final = _make_parser()
