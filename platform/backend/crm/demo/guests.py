"""Makes guests up, always the same ones. No database in here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from backend.crm.demo.words import Origin, Words

HISTORY: Final = timedelta(days=548)
# Guests are entered on the evenings of the days on which restaurants are full.
BUSY_DAYS: Final = (2, 2, 3, 4, 7, 8, 5)
# Those that Unicode doesn't take apart.
LETTERS: Final = str.maketrans({"Ł": "L", "ł": "l", "ß": "ss"})
DOMAINS: Final = ("example.com", "example.org", "example.net")


@dataclass
class Guest:
    name: str
    language: str
    created_at: datetime
    updated_at: datetime
    email: str = ""
    phone: str = ""
    company: str = ""
    address: str = ""
    birthday: date | None = None
    tags: list[str] = field(default_factory=list)
    notes: list[tuple[datetime, str]] = field(default_factory=list)


def guests(words: Words, *, now: datetime, seed: str) -> list[Guest]:
    """A tenant's guests, the oldest first. The same for the same seed on the same day."""
    random = Random(seed)  # noqa: S311 - nothing here is secret
    names = _names(words, random)
    moments = sorted(_moment(random, now) for _ in range(words.count))
    found = [_guest(next(names), words, random, moment, now) for moment in moments]
    _greet_soon(found, random, now.date())
    found += [_again(guest, random, now) for guest in random.sample(found[:-60], 4)]
    return sorted(found, key=lambda guest: guest.created_at)


def _names(words: Words, random: Random) -> Iterator[tuple[str, str, Origin]]:
    origins, weights = list(words.origins), list(words.origins.values())
    seen = set()
    while True:
        [origin] = random.choices(origins, weights)
        first, last = random.choice(origin.first_names), random.choice(origin.last_names)
        if (first, last) not in seen:
            seen.add((first, last))
            yield first, last, origin


def _moment(random: Random, now: datetime) -> datetime:
    """Some time in the past, more of them lately: business is growing."""
    while True:
        day = now.date() - timedelta(days=int(HISTORY.days * (1 - random.random() ** 0.6)))
        if random.random() * max(BUSY_DAYS) < BUSY_DAYS[day.weekday()]:
            break
    evening = time(random.choice((11, 12, 17, 18, 19, 20, 21)), random.randrange(60))
    moment = datetime.combine(day, evening, now.tzinfo)
    return min(moment, now - timedelta(minutes=random.randrange(5, 300)))


def _guest(
    who: tuple[str, str, Origin], words: Words, random: Random, moment: datetime, now: datetime
) -> Guest:
    first, last, origin = who
    guest = Guest(f"{first} {last}", origin.language, moment, moment)
    if random.random() < 0.72:
        guest.email = f"{_plain(first)}.{_plain(last)}@{random.choice(DOMAINS)}"
    if random.random() < 0.83:
        guest.phone = "".join(
            str(random.randrange(10)) if sign == "#" else sign
            for sign in random.choice(origin.phones)
        )
    if random.random() < 0.11:
        guest.company = random.choice(words.companies)
    if random.random() < 0.2:
        guest.address = random.choice(origin.addresses).format(n=random.randrange(1, 120))
    if random.random() < 0.45:
        guest.birthday = date(random.randrange(1942, 2007), 1, 1) + timedelta(
            days=random.randrange(365)
        )
    guest.tags = [tag for tag, share in words.tags.items() if random.random() * 100 < share]
    for tag in ("", "", *guest.tags):
        # Most notes are on those who come often.
        if tag in words.notes and random.random() < (0.45 if tag else 0.12):
            written = moment + (now - moment) * random.random()
            guest.notes.append((written, random.choice(words.notes[tag])))
            guest.updated_at = max(guest.updated_at, written)
    return guest


def _greet_soon(found: list[Guest], random: Random, today: date) -> None:
    """Birthdays in the days to come, so that the dashboard has somebody to congratulate."""
    for ahead, guest in zip((0, 2, 5, 9), random.sample(found, 4), strict=True):
        day = today + timedelta(days=ahead)
        is_leap_day = (day.month, day.day) == (2, 29)
        guest.birthday = day.replace(year=1984 if is_leap_day else random.randrange(1955, 1999))


def _again(guest: Guest, random: Random, now: datetime) -> Guest:
    """Somebody entered a second time, in a hurry: a duplicate that waits to be merged."""
    moment = _moment(random, now)
    first, _, last = guest.name.partition(" ")
    name = random.choice((f"{first[0]}. {last}", guest.name.upper(), f"{first} {last[:-1]}"))
    return Guest(name, guest.language, moment, moment, phone=guest.phone)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.translate(LETTERS))
    return "".join(c for c in letters.lower() if c.isascii() and c.isalpha())
