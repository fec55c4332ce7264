"""How near an answer is, in a word and in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.tickets.ages import Age, age_of, due_in_words, in_words

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("waited", "left", "age", "said"),
    [
        (1, 7, Age.FINE, "in 7 hours"),
        (4, 4, Age.FINE, "in 4 hours"),
        (5, 3, Age.SOON, "in 3 hours"),
        (8, 0, Age.LATE, "a moment late"),
        (9, -1, Age.LATE, "1 hour late"),
        (80, -72, Age.LATE, "3 days late"),
    ],
)
def test_half_of_the_time_is_the_turning_point(waited: int, left: int, age: Age, said: str) -> None:
    since, due = NOW - waited * HOUR, NOW + left * HOUR
    assert age_of(since, due, NOW) == age
    assert due_in_words(due, NOW) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "a moment"), (1, "1 minute"), (59, "59 minutes"), (60, "1 hour"), (1439, "23 hours"),
     (1440, "1 day"), (2880, "2 days")],
)  # fmt: skip
def test_time_is_told_in_its_largest_unit(minutes: int, said: str) -> None:
    assert in_words(timedelta(minutes=minutes)) == said
