"""What people write never becomes more than paragraphs, lists, quotes, code and links."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.tickets.markdown import MOST_LINES, MOST_MARKS, REL, as_typed, render
from backend.tickets.models.message import LONGEST_BODY

ELEMENTS = frozenset(
    {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"}
)


class Reader(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        if self.open:
            self.wrong.append(f"left open: {self.open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            address = found.pop("href") or ""
            self.links.append(address)
            if not address.lower().startswith(("http://", "https://", "mailto:")):
                self.wrong.append(address)
            if found.pop("rel") != REL or "a" in self.open:
                self.wrong.append(str(attrs))
        elif tag == "ol":
            found.pop("start", None)
        if tag not in ELEMENTS or found:
            self.wrong.append(f"{tag} {found}")
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"closes {tag}")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.wrong.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("One\nTwo  \nThree", "<p>One<br>\nTwo<br>\nThree</p>\n"),
        ("One\n\n\n\nTwo", "<p>One</p>\n<p>Two</p>\n"),
        ("*a* **b** `c<d>`", "<p><em>a</em> <strong>b</strong> <code>c&lt;d&gt;</code></p>\n"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"),
        ("> a\n> b", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>\n"),
        ("```js\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>\n"),
        (
            "[us](https://tavola.example/?a=1&b=2)",
            f'<p><a href="https://tavola.example/?a=1&amp;b=2" rel="{REL}">us</a></p>\n',
        ),
        (
            "See (https://tavola.example/a_b_c), please.",
            f'<p>See (<a href="https://tavola.example/a_b_c" rel="{REL}">'
            "https://tavola.example/a_b_c</a>), please.</p>\n",
        ),
        (
            "<us@tavola.example>",
            f'<p><a href="mailto:us@tavola.example" rel="{REL}">us@tavola.example</a></p>\n',
        ),
        # Nobody's picture is loaded by reading.
        (
            "![A till](https://a.example/b.png)",
            f'<p><a href="https://a.example/b.png" rel="{REL}">A till</a></p>\n',
        ),
        (
            "![](https://a.example/b.png)",
            f'<p><a href="https://a.example/b.png" rel="{REL}">https://a.example/b.png</a></p>\n',
        ),
        (
            "[![A till](https://a.example/b.png)](https://c.example)",
            f'<p><a href="https://c.example" rel="{REL}">A till</a></p>\n',
        ),
        # What only looks like Markdown.
        ("#12 and\n# 13\n---", "<p>#12 and<br>\n# 13</p>\n<hr>\n"),
        ("[1]: https", "<p>[1]: https</p>\n"),
        ("    indented", "<p>indented</p>\n"),
        ("| a |\n|---|", "<p>| a |<br>\n|---|</p>\n"),
        ("&lt;b&gt; &copy;", "<p>&amp;lt;b&amp;gt; &amp;copy;</p>\n"),
        ("`https://a.example`", "<p><code>https://a.example</code></p>\n"),
    ],
)
def test_it_reads_as_it_was_meant(written: str, html: str) -> None:
    assert render(written) == html


HOSTILE_ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\u0000script:alert(1)",
    "\u0001javascript:alert(1)",
    "\u00a0javascript:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "java&Tab;script:alert(1)",
    "javascript\\:alert(1)",
    "javascript%3Aalert(1)",
    "javascript://https://a.example/%0aalert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "data:image/png;base64,iVBORw0KGgo=",
    "file:///etc/passwd",
    "blob:https://a.example/1",
    "//evil.example",
    "/t/aurora/settings/",
    "\\\\evil.example",
    "https:\\\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "http:",
    "#top",
    "?q=1",
    "",
]


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
@pytest.mark.parametrize(
    "form", ["[a]({})", "[a](<{}>)", "![a]({})", "<{}>", "[a][1]\n\n[1]: {}", "{}", '[a]({} "b")']
)
def test_an_address_off_the_web_is_no_link(address: str, form: str) -> None:
    found = Reader(render(form.format(address)))
    assert found.wrong == []
    # The web address that stands within one is one by itself.
    assert {*found.links} <= {"https://a.example/%0aalert(1", "https://a.example/1"}


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)' onclick=alert(1)>a</a>",
        "<iframe src=https://evil.example></iframe>",
        "<style>body{display:none}</style>",
        "<form action=https://evil.example><input name=password>",
        "<!-- --><!DOCTYPE html><?php echo 1 ?><![CDATA[x]]>",
        "</p></div></body>",
        '[a](https://a.example/"onmouseover="alert(1))',
        '[a](<https://a.example/" onmouseover="alert(1)>)',
        '[a](https://a.example "x\\" onclick=\\"alert(1)")',
        '![" onerror="alert(1)](https://a.example/b.png)',
        "![<script>alert(1)</script>](https://a.example/b.png)",
        '```" onclick="alert(1)\ncode\n```',
        "```</code></pre><script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```",
        "`</code><script>alert(1)</script>`",
        "[<script>alert(1)</script>](https://a.example)",
        "https://a.example/<script>alert(1)</script>",
        "https://a.example/'onclick='alert(1)",
        "[https://b.example](https://a.example)",
        "[[a](https://a.example)](https://b.example)",
        "[a <https://b.example> c](https://a.example)",
        "<p\nonclick=alert(1)>",
        "{{ 7*7 }} {% debug %} ${7*7}",
        "\u202ehttps://a.example",
        "<https://a.example/\u2028onclick=alert(1)>",
    ],
)
def test_nothing_that_is_written_becomes_an_element(written: str) -> None:
    assert Reader(render(written)).wrong == []
    assert Reader(as_typed(written)).wrong == []


PIECES = [
    "<", ">", '"', "'", "&", "[", "]", "(", ")", "!", "*", "_", "`", "\\", "\n", "\n\n", " ",
    "    ", "> ", "- ", "1. ", "```", "~~~", "a", "<b ", "href=", "javascript:", "https://a.example",
    "http://", "mailto:", "&#58;", "\t", "é", "%", "<!--", "-->",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_nothing_goes_wrong_whatever_is_written(written: str) -> None:
    assert Reader(render(written)).wrong == []


def test_what_is_shown_as_typed_loses_nothing() -> None:
    typed = "- a <b>\n" + "_c_\n" * MOST_LINES
    assert render(typed) == as_typed(typed)
    assert Reader(render(typed)).text == typed.removesuffix("\n") + "\n"


def test_a_long_list_is_still_a_list() -> None:
    assert render("- a\n" * MOST_LINES).count("<li>") == MOST_LINES
    assert render("*a* " * (MOST_MARKS // 2)).count("<em>") == MOST_MARKS // 2


FILLINGS = [
    "[", "![", "](", "[a](", "[](", "[a](<", "[[a]]", "[a][b]", "[a](b(", "[a]: /b\n",
    "[a](https://a.example) ", "![a](https://a.example) ", "[a](javascript:alert(1)) ",
    "*", "_", "* ", "*_", "**a", "a**b", "*a_ ", "_a_ *", "a*b_c ", "*a **b ", "**_ _**",
    "`", "` ", "``a`", "```\n", "~~~\n", "\\", "&", "&#", "<", "<a", "<http:", "!", "(((",
    "<https://a.example> ", "https://a.example ", "http://", "mailto:", "|", "\t", "   ",
    "> ", ">", "> a\n", "- ", "- a\n", "-\n", "- - ", "> - ", "1. ", "1) a\n", "a\n", "\n",
    "***\n", "* a\n  * b\n", "> " * 30 + "a\n", "- " * 30 + "a\n", "é", "\U0001f600", '"',
]  # fmt: skip


def longer_and_longer(mark: str) -> str:
    return " ".join(mark * length for length in range(1, 300))


def deeper_and_deeper(mark: str) -> str:
    return "".join("  " * depth + mark for depth in range(200))


PATHOLOGICAL = {
    **{f"only {each!r}": each * LONGEST_BODY for each in FILLINGS},
    **{f"longer {each!r}": longer_and_longer(each) for each in "`*_>[-~"},
    **{f"deeper {each!r}": deeper_and_deeper(each) for each in ("- a\n", "1. a\n", "> a\n")},
    **{
        f"{opened!r} and {closed!r}": opened * (LONGEST_BODY // 2 // len(opened))
        + closed * (LONGEST_BODY // 2 // len(closed))
        for opened, closed in (
            ("[", "]"), ("*a ", "*"), ("**a ", "a**"), ("(", ")"), ("<", ">"), ("[a](", ")"),
            ("> ", "a\n"), ("`", "` "),
        )
    },
    **{
        f"as much as is parsed of {each!r}": (each * MOST_MARKS)[: MOST_MARKS - 1]
        for each in ("[", "![", "[a](", "*_", "_a_ *", "`a", "<http:")
    },
    "as many lines as are parsed": "> " * 60 + "a\n" * MOST_LINES,
}  # fmt: skip


@pytest.mark.parametrize("text", PATHOLOGICAL.values(), ids=PATHOLOGICAL)
def test_nothing_takes_long_to_render(text: str) -> None:
    took = []
    for _ in range(3):
        start = time.thread_time()
        html = render(text[:LONGEST_BODY])
        took.append(time.thread_time() - start)
    assert min(took) < 0.1
    assert Reader(html).wrong == []
