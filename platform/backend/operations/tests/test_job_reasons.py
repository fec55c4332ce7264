"""What is kept of an exception's text tells staff what went wrong, and nothing of anybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.operations.job_failures import HIDDEN, reason_of
from backend.operations.models import LONGEST_REASON


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("connection timed out", "connection timed out"),
        ("The server refused the recipient: [550]", "The server refused the recipient: [550]"),
        ('relation "crm_customer" does not exist', 'relation "crm_customer" does not exist'),
        (
            'duplicate key value violates unique constraint "accounts_person_email_key"\n'
            "DETAIL:  Key (email)=(anna@aurora.test) already exists.",
            'duplicate key value violates unique constraint "accounts_person_email_key"',
        ),
        ("no mailbox for anna.weber@example.com here", "no mailbox for … here"),
        ("invalid literal for int(): 'Anna Weber'", "invalid literal for int(): …"),
        ('unknown name "Anna Weber"', "unknown name …"),
        ("it isn't there, and can't be", "it isn't there, and can't be"),
        ("postgresql://tavola:hunter2@db.internal:5432/x failed", "… failed"),
        ("login with password=hunter2 failed", "login with … failed"),
        ("Authorization: Bearer tvk_1234567890", "…"),
        ("could not connect to 10.0.3.17 port 5432", "could not connect to … port 5432"),
        ("could not connect to fe80::1ff:fe23:4567:890a", "could not connect to …"),
        ("no object exports/01a1fc11-9c81-750a-a1f1-6ce9a1bc6f1e.zip", "no object ….zip"),
        ("KeyError: 'secret that never ends", "KeyError: …"),
        ("", ""),
    ],
)  # fmt: skip
def test_it_keeps_what_went_wrong(text: str, kept: str) -> None:
    assert reason_of(ValueError(text)) == kept


SECRET = st.text("abcdefghijkmnopqrstuvwxyzABCDEFGH23456789_-", min_size=22, max_size=60).filter(
    lambda text: any(sign.isdigit() for sign in text)
)
WORDS = st.text("abc xyz.,:()", max_size=30)


@given(WORDS, SECRET, WORDS, st.sampled_from(["{}", "'{}'", '"{} "', "key={}", "<{}@x.test>"]))
def test_no_key_comes_through(before: str, secret: str, after: str, how: str) -> None:
    assert secret not in reason_of(ValueError(f"{before} {how.format(secret)} {after}"))


@given(st.text())
def test_whatever_it_says_it_is_one_short_line(text: str) -> None:
    reason = reason_of(ValueError(text))

    assert len(reason) <= LONGEST_REASON
    assert "\n" not in reason
    assert "@" not in reason.replace(HIDDEN, "")
