"""Answers as mail programs send them: all that was written is kept, and nothing else."""

from __future__ import annotations

import time

import pytest

from backend.tickets.incoming.replies import trimmed
from backend.tickets.mails.letters import ABOVE_THIS_LINE

OURS = ABOVE_THIS_LINE["en"]
UNSERE = ABOVE_THIS_LINE["de"]


def own(text: str) -> str:
    return trimmed(text, lines_above=ABOVE_THIS_LINE.values())


GMAIL = f"""It is plugged in, and still silent.

Luca

On Fri, Nov 20, 2026 at 9:14 AM Tavola <no-reply@tavola.example>
wrote:

> {OURS}
>
> Hello Luca,
>
> Sam Support has written in your ticket #1, “Kitchen printer”:
>
> Is it plugged in?
"""
GMAIL_DE = f"""Ja, er steckt.

Am Fr., 20. Nov. 2026 um 09:14 Uhr schrieb Tavola <no-reply@tavola.example>:

> {UNSERE}
>
> Guten Tag Luca,
"""
APPLE = f"""Yes, it is.

> On 20 Nov 2026, at 09:14, Tavola <no-reply@tavola.example> wrote:
>
> {OURS}
>
> Hello Luca,
"""
APPLE_PHONE_DE = f"""Ja, ist er.

Von meinem iPhone gesendet

> Am 20.11.2026 um 09:14 schrieb Tavola <no-reply@tavola.example>:
>
> {UNSERE}
>
> Guten Tag Luca,
"""
APPLE_PHONE = f"""Yes, it is.

Sent from my iPhone

> On 20 Nov 2026, at 09:14, Tavola <no-reply@tavola.example> wrote:
>
> {OURS}
"""
OUTLOOK = f"""Yes, it is.

Best regards,
Luca Rossi
Trattoria Aurora
Tel. +39 06 1234

________________________________
From: Tavola <no-reply@tavola.example>
Sent: Friday, November 20, 2026 9:14 AM
To: Luca Rossi <luca@aurora.test>
Subject: Re: [#1] Kitchen printer

{OURS}

Hello Luca,
"""
OUTLOOK_DE = f"""Ja, ist er.

Mit freundlichen Grüßen

Luca Rossi

Von: Tavola <no-reply@tavola.example>
Gesendet: Freitag, 20. November 2026 09:14
An: Luca Rossi <luca@aurora.test>
Betreff: Re: [#1] Kitchen printer

{UNSERE}

Guten Tag Luca,
"""
OLD_OUTLOOK = f"""Yes, it is.

-----Original Message-----
From: Tavola
Sent: Friday, November 20, 2026 9:14 AM
To: Luca Rossi
Subject: Re: [#1] Kitchen printer

{OURS}
"""
UNKNOWN_LANGUAGE = f"""Oui.

{OURS}

Hello Luca,
"""
THUNDERBIRD = f"""Yes, it is.

--{" "}
Luca Rossi
Trattoria Aurora

Am 20.11.26 um 09:14 schrieb Tavola:
> {UNSERE}
>
> Guten Tag
"""


@pytest.mark.parametrize(
    ("mail", "written"),
    [
        (GMAIL, "It is plugged in, and still silent.\n\nLuca"),
        (GMAIL_DE, "Ja, er steckt."),
        (APPLE, "Yes, it is."),
        (APPLE_PHONE, "Yes, it is."),
        (APPLE_PHONE_DE, "Ja, ist er."),
        (OUTLOOK, "Yes, it is."),
        (OUTLOOK_DE, "Ja, ist er."),
        (OLD_OUTLOOK, "Yes, it is."),
        (THUNDERBIRD, "Yes, it is."),
        (UNKNOWN_LANGUAGE, "Oui."),
        (GMAIL.replace("\n", "\r\n"), "It is plugged in, and still silent.\n\nLuca"),
        ("Just this.", "Just this."),
    ],
)
def test_an_answer_is_trimmed(mail: str, written: str) -> None:
    assert own(mail) == written


@pytest.mark.parametrize(
    "mail", [GMAIL, GMAIL_DE, APPLE, APPLE_PHONE, OUTLOOK, OUTLOOK_DE, OLD_OUTLOOK, THUNDERBIRD]
)
def test_nothing_but_what_was_quoted_is_nothing(mail: str) -> None:
    lines = mail.replace("\r\n", "\n").split("\n")
    begins = ("On ", "> On", "Am ", "> Am", "____", "From", "Von:", "-----", "Sent f", "-- ")
    first = next(i for i, line in enumerate(lines) if line.startswith(begins))
    assert own("\n" + "\n".join(lines[first:])) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Hello Sam,\n\nThanks, that helped.\n\nBut the second printer is silent still.",
        "Thanks,\nit prints everything twice now",
        "Grüße aus der Küche werden doppelt gebucht.\n\nUnd der Kaffee auch.",
        "Gruß aus der Küche\n\nsteht nicht auf dem Bon. Woran liegt das?",
        "These are wrong:\n\n- Pasta\n- Vino\n\nPlease look.",
        "Warning: the till says that no mail was sent.\nWhat now?",
        "On Friday the printer wrote nothing.\n\nOn Saturday it did.",
        "From: 10 o'clock it is slow.",
        "1. The till\n2. The printer\n\n    indented code\n\nEnd",
        "> Is it plugged in?\n\nYes.\n\n> And switched on?\n\nYes, that too.",
        "Best regards to Sam, he knows our till.\nIt is down again.",
        "See the log:\n\n---\n\nline one",
    ],
)
def test_what_only_looks_like_an_ending_stays(text: str) -> None:
    assert own(text) == text


def test_an_answer_below_the_quotation_is_found() -> None:
    mail = f"On 20 Nov 2026, at 09:14, Tavola wrote:\n> {OURS}\n>\n> Is it on?\n\nYes, it is.\n"
    assert own(mail) == "Yes, it is."


def test_answers_between_keep_what_each_is_about() -> None:
    mail = (
        f"On 20 Nov 2026, at 09:14, Tavola wrote:\n> {OURS}\n> Is it plugged in?\n\nYes.\n\n"
        "> And on?\n\nThat too.\n\n> Tavola\n"
    )
    assert own(mail) == (
        "On 20 Nov 2026, at 09:14, Tavola wrote:\n> Is it plugged in?\n\nYes.\n\n"
        "> And on?\n\nThat too."
    )


def test_an_afterthought_is_no_signature() -> None:
    text = "It is silent.\n\nBest regards\nLuca\n\nPS: the bell rings, though"
    assert own(text) == text


HOSTILE = {
    "one long line": "On " + "a " * 200_000,
    "many headers": "On a\n" * 40_000,
    "many lines": ("On " + "x y " * 49 + "\n") * 500,
    "headers of fields": "From: \n" * 40_000,
    "spaces": "From:" + " " * 100_000,
    "quotes": "> " * 100_000,
    "quoted lines": "> > > > On\n" * 20_000,
    "underscores": "_" * 100_000,
    "dates": ("Am " + "schrieb " * 24 + "\n") * 500,
    "empty lines": "\n" * 300_000,
    "devices": "sent from my " * 20_000,
    "closings": "Best regards\n" * 30_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_long(name: str) -> None:
    began = time.process_time()
    own(HOSTILE[name])
    assert time.process_time() - began < 5
