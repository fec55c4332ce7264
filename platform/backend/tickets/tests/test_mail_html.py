"""HTML mails as text: what they say, and nothing of what they would do."""

from __future__ import annotations

import time

import pytest

from backend.tickets.incoming.html import text_of
from backend.tickets.incoming.replies import trimmed
from backend.tickets.mails.letters import ABOVE_THIS_LINE

OURS = ABOVE_THIS_LINE["en"]
UNSERE = ABOVE_THIS_LINE["de"]


def own(text: str) -> str:
    return trimmed(text, lines_above=ABOVE_THIS_LINE.values())


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Yes,<br>it is.</p><p>Luca</p>", "Yes,\nit is.\n\nLuca"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("<ul><li>Pasta</li><li>Vino</li></ul>", "- Pasta\n- Vino"),
        ("a &lt;b&gt; &amp; c&nbsp;d", "a <b> & c d"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ('See <a href="https://x.example/a">this</a>.', "See this (https://x.example/a)."),
        ('<a href="https://x.example/a">https://x.example/a</a>', "https://x.example/a"),
        ('<a href="javascript:alert(1)">this</a>', "this"),
        ("<style>p {color: red}</style><script>alert(1)</script><title>T</title>Yes", "Yes"),
        ("<p onclick='x()'>Yes<img src=x onerror=alert(1)></p>", "Yes"),
        ("<scr<script>ipt>alert(1)</script>Yes", "ipt>alert(1)Yes"),
        ("<!-- no --><p>Yes", "Yes"),
        ("<p>Yes</p><blockquote><p>Is it?</p><blockquote>On?</blockquote></blockquote>",
         "Yes\n\n> Is it?\n>\n> > On?"),
        ("</blockquote></p>Yes", "Yes"),
        ('<img alt="a > b">Yes', "Yes"),
        ("<table><tr><td>One</td><td>Two</td></tr></table>", "One Two"),
        ("3 < 4 and <3", "3 < 4 and <3"),
        ("<b>Yes</b>, <i>it</i> is", "Yes, it is"),
        ("", ""),
    ],
)  # fmt: skip
def test_html_is_reduced_to_its_text(html: str, text: str) -> None:
    assert text_of(html) == text


GMAIL_HTML = f"""<div dir="ltr">It is plugged in.<div><br></div><div>Luca</div></div><br>
<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Fri, Nov 20, 2026 at 9:14 AM Tavola
&lt;<a href="mailto:no-reply@tavola.example">no-reply@tavola.example</a>&gt; wrote:<br></div>
<blockquote class="gmail_quote" style="margin:0">{OURS}<br><br>Hello Luca</blockquote></div>"""
OUTLOOK_HTML = f"""<html><head><style>p.MsoNormal {{margin:0}}</style></head><body>
<p class="MsoNormal">Ja, ist er.<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>Von:</b> Tavola
&lt;no-reply@tavola.example&gt;<br><b>Gesendet:</b> Freitag, 20. November 2026 09:14<br>
<b>An:</b> Luca Rossi<br><b>Betreff:</b> Re: [#1] Kitchen printer</p></div>
<p class="MsoPlainText">{UNSERE}</p><p>Guten Tag</p></body></html>"""
APPLE_HTML = f"""<html><body>Yes, it is.<br><div><br><blockquote type="cite"><div>On 20 Nov 2026, at
09:14, Tavola &lt;no-reply@tavola.example&gt; wrote:</div><br><div>{OURS}</div></blockquote></div>
</body></html>"""


@pytest.mark.parametrize(
    ("html", "written"),
    [
        (GMAIL_HTML, "It is plugged in.\n\nLuca"),
        (OUTLOOK_HTML, "Ja, ist er."),
        (APPLE_HTML, "Yes, it is."),
    ],
)
def test_an_answer_in_html_is_trimmed(html: str, written: str) -> None:
    assert own(text_of(html)) == written


HOSTILE_HTML = {
    "opened": "<" * 400_000,
    "comments": "<!--" * 100_000,
    "declarations": "<!a" * 100_000,
    "attributes": "<a " + "b=c " * 100_000,
    "unclosed": "<div>" * 100_000,
    "quotes": "<blockquote>" * 40_000 + "x",
    "entities": "&" * 400_000,
    "processing": "<?" * 200_000,
    "ends": "</" * 200_000,
    "sections": "<![CDATA[" * 50_000,
    "marked": "<![" * 100_000,
    "quoted": '<a b="' * 80_000,
    "quoted tags": '<a b="> ' * 60_000,
    "pieces": "<" + "a<" * 200_000,
    "scripts": "<script>" + "</scrip" * 60_000,
}


@pytest.mark.parametrize("name", HOSTILE_HTML)
def test_no_html_takes_long_or_fails(name: str) -> None:
    began = time.process_time()
    own(text_of(HOSTILE_HTML[name]))
    assert time.process_time() - began < 5
