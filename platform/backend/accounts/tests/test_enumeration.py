"""Who has an account here can't be found out from outside: not by answers, not by work done."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Person
from backend.accounts.tests.conftest import PASSWORD, Visitor

STRANGER = "nobody@example.com"


class CountingHasher(MD5PasswordHasher):
    algorithm = "counting"
    work = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.work += 1
        return super().encode(password, salt)


@pytest.fixture
def hashing(settings: Any) -> Callable[[], int]:
    settings.PASSWORD_HASHERS = ["backend.accounts.tests.test_enumeration.CountingHasher"]
    CountingHasher.work = 0

    def spent() -> int:
        done, CountingHasher.work = CountingHasher.work, 0
        return done

    return spent


def anonymous(answer: Any) -> Any:
    """The answer without what is drawn by lot."""
    body = answer.json()
    for member in ("request_id", "session_token"):
        body.pop(member, None)
    return answer.status_code, sorted(answer.headers), body


def login(visitor: Visitor, email: str) -> Any:
    return visitor.post("auth/login/", {"email": email, "password": "wrong horse battery"})


def signup(visitor: Visitor, email: str) -> Any:
    data = {"email": email, "password": PASSWORD, "name": "New", "language": "en"}
    return visitor.post("auth/signup/", data)


def ask_for_reset(visitor: Visitor, email: str) -> Any:
    return visitor.post("auth/password/request/", {"email": email})


def guess_reset(visitor: Visitor, email: str, password: str = "a different horse") -> Any:
    ask_for_reset(visitor, email)
    return visitor.post("auth/password/reset/", {"key": "BBBB-BBBB", "password": password})


def guess_verification(visitor: Visitor, email: str) -> Any:
    signup(visitor, email)
    return visitor.post("auth/email/verify/", {"key": "BBBB-BBBB"})


def resend(visitor: Visitor, email: str) -> Any:
    signup(visitor, email)
    return visitor.post("auth/email/verify/resend/")


def step_after_signup(visitor: Visitor, email: str) -> Any:
    signup(visitor, email)
    return visitor.get("auth/session/")


def step_after_reset(visitor: Visitor, email: str) -> Any:
    ask_for_reset(visitor, email)
    return visitor.get("auth/session/")


def weak_reset(visitor: Visitor, email: str) -> Any:
    return guess_reset(visitor, email, password="anna")


@pytest.mark.parametrize(
    "ask",
    [
        login,
        signup,
        ask_for_reset,
        guess_reset,
        weak_reset,
        guess_verification,
        resend,
        step_after_signup,
        step_after_reset,
    ],
)
def test_a_known_address_answers_like_an_unknown_one(
    portal: Any, anna: Person, ask: Callable[[Visitor, str], Any]
) -> None:
    known, unknown = Visitor(portal), Visitor(portal)

    assert anonymous(ask(known, anna.email)) == anonymous(ask(unknown, STRANGER))


@pytest.mark.parametrize("ask", [login, signup])
def test_a_known_address_costs_as_many_hashes(
    portal: Any, hashing: Callable[[], int], anna: Person, ask: Callable[[Visitor, str], Any]
) -> None:
    hashing()
    ask(Visitor(portal), anna.email)
    known = hashing()
    ask(Visitor(portal), STRANGER)

    assert known == hashing() == 1


def test_an_inactive_account_costs_as_many_hashes(
    portal: Any, hashing: Callable[[], int], anna: Person
) -> None:
    Person.objects.update(is_active=False)
    hashing()
    Visitor(portal).sign_in(anna)

    assert hashing() == 1


def test_an_account_without_a_password_costs_as_many_hashes(
    portal: Any, hashing: Callable[[], int], db: None
) -> None:
    invited = Person.objects.create_user("invited@aurora.test", name="Invited", verified=True)
    hashing()
    login(Visitor(portal), invited.email)

    assert hashing() == 1


@pytest.mark.parametrize("ask", [login, signup, ask_for_reset])
def test_a_known_address_costs_nearly_as_many_statements(
    portal: Any, anna: Person, ask: Callable[[Visitor, str], Any]
) -> None:
    ask(Visitor(portal), STRANGER.replace("nobody", "warm-up"))
    counts = []
    for email in (anna.email, STRANGER):
        with CaptureQueriesContext(connection) as queries:
            ask(Visitor(portal), email)
        counts.append(len(queries))

    assert abs(counts[0] - counts[1]) <= 6, counts


def test_what_is_done_in_vain_leaves_nothing(portal: Any, anna: Person) -> None:
    signup(Visitor(portal), anna.email)

    assert Person.objects.get() == anna
    assert EmailAddress.objects.get().user == anna


@pytest.mark.parametrize("ask", [signup, ask_for_reset])
def test_each_gets_one_mail(
    portal: Any, mailbox: Any, anna: Person, ask: Callable[[Visitor, str], Any]
) -> None:
    """Whoever has the mailbox learns the truth there; and the request does the same work."""
    ask(Visitor(portal), anna.email)
    ask(Visitor(portal), STRANGER)

    assert [message.to for message in mailbox.read()] == [[anna.email], [STRANGER]]


@pytest.mark.parametrize("ask", [login, signup])
def test_the_time_tells_nothing_coarse(
    portal: Any, settings: Any, ask: Callable[[Visitor, str], Any]
) -> None:
    settings.PASSWORD_HASHERS = ["backend.accounts.hashers.LeanArgon2PasswordHasher"]
    settings.RATE_CLASSES = {
        name: type(rate)(limit=10_000, period=rate.period)
        for name, rate in settings.RATE_CLASSES.items()
    }
    known = Person.objects.create_user("known@example.com", PASSWORD, name="Known", verified=True)
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(15):
        for is_known in (True, False):
            email = known.email if is_known else f"nobody{number}@example.com"
            visitor = Visitor(portal)
            start = time.perf_counter()
            ask(visitor, email)
            times[is_known].append(time.perf_counter() - start)

    # The quickest of each: what else the machine does only ever adds.
    ratio = min(times[True]) / min(times[False])
    assert 1 / 2 < ratio < 2, ratio
