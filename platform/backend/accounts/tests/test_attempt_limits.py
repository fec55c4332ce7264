"""Guesses run out: per account, per address, per second factor, and exactly so."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection

from backend.accounts.models import Person, Session
from backend.accounts.tests.conftest import PASSWORD, Visitor
from backend.common.models import RateCounter

QUARTER = 900
WRONG = {"email": "anna@aurora.test", "password": "wrong horse battery"}


@pytest.fixture(autouse=True)
def within_one_window() -> None:
    """Windows begin at full quarters: no test may run across one."""
    left = QUARTER - time.time() % QUARTER
    if left < 20:
        time.sleep(left)


def statuses(times: int, call: Callable[[], Any]) -> list[int]:
    return [call().status_code for _ in range(times)]


def test_ten_wrong_passwords_close_the_account_from_everywhere(
    visitor: Any, other_visitor: Any, anna: Person, ben: Person
) -> None:
    assert statuses(10, lambda: visitor.post("auth/login/", WRONG)) == [400] * 10

    refused = other_visitor.sign_in(anna)

    assert refused.status_code == 429
    assert refused.json()["code"] == "rate-limited"
    assert 1 <= int(refused["Retry-After"]) <= QUARTER
    assert not Session.objects.filter(person=anna).exists()
    assert other_visitor.sign_in(ben).status_code == 200


def test_however_the_address_is_typed(visitor: Any, anna: Person) -> None:
    spellings = ["anna@aurora.test", "ANNA@aurora.test", " Anna@Aurora.Test "]
    for number in range(10):
        visitor.post("auth/login/", WRONG | {"email": spellings[number % 3]})

    assert visitor.sign_in(anna).status_code == 429


def test_thirty_wrong_passwords_close_the_address_for_every_account(
    visitor: Any, other_visitor: Any, anna: Person
) -> None:
    for number in range(30):
        visitor.post("auth/login/", WRONG | {"email": f"guess{number}@example.com"})

    assert visitor.sign_in(anna).status_code == 429
    assert other_visitor.sign_in(anna).status_code == 200


def test_a_house_full_of_ipv6_addresses_is_one(portal: Any, anna: Person) -> None:
    for number in range(30):
        visitor = Visitor(portal, address=f"2001:db8:1:2::{number:x}")
        visitor.post("auth/login/", WRONG | {"email": f"guess{number}@example.com"})

    assert Visitor(portal, address="2001:db8:1:2:ffff::1").sign_in(anna).status_code == 429
    assert Visitor(portal, address="2001:db8:1:3::1").sign_in(anna).status_code == 200


def test_right_passwords_are_not_counted(visitor: Any, anna: Person) -> None:
    for _ in range(12):
        assert visitor.sign_in(anna).status_code == 200
        visitor.delete("auth/session/")
        visitor.token = ""

    assert set(
        RateCounter.objects.filter(bucket__startswith="sign-in").values_list("count", flat=True)
    ) == {0}


def test_a_right_password_does_not_forgive_the_wrong_ones(visitor: Any, anna: Person) -> None:
    """Else every tenth guess could be a sign-in to one's own account, from the same address."""
    statuses(9, lambda: visitor.post("auth/login/", WRONG))
    assert visitor.sign_in(anna).status_code == 200
    visitor.token = ""

    assert statuses(2, lambda: visitor.post("auth/login/", WRONG)) == [400, 429]


def test_what_is_no_guess_is_not_counted(visitor: Any, anna: Person) -> None:
    statuses(12, lambda: visitor.post("auth/login/", {"email": anna.email, "password": ""}))

    assert visitor.sign_in(anna).status_code == 200


def test_counters_hold_no_addresses_of_people(visitor: Any, anna: Person) -> None:
    visitor.post("auth/login/", WRONG)

    assert not RateCounter.objects.filter(bucket__contains="anna").exists()


def test_the_password_asked_for_once_more_is_the_same_account(
    visitor: Any, other_visitor: Any, anna: Person
) -> None:
    visitor.sign_in(anna)
    wrong = {"password": "wrong horse battery"}
    assert statuses(5, lambda: visitor.post("auth/reauthenticate/", wrong)) == [400] * 5
    change = {"current_password": "wrong horse battery", "new_password": "a different horse"}
    assert statuses(5, lambda: visitor.post("auth/account/password/", change)) == [400] * 5

    assert visitor.post("auth/reauthenticate/", {"password": PASSWORD}).status_code == 429
    assert other_visitor.sign_in(anna).status_code == 429


def test_five_wrong_codes_close_the_second_factor_for_the_person(
    visitor: Any, other_visitor: Any, anna: Person, enrol: Any
) -> None:
    """Beginning anew with the password gives no new guesses."""
    app = enrol(anna)
    for _ in range(5):
        visitor.token = ""
        visitor.sign_in(anna)
        assert visitor.post("auth/2fa/authenticate/", {"code": "000000"}).status_code == 400

    other_visitor.sign_in(anna)
    response = other_visitor.post("auth/2fa/authenticate/", {"code": app.code()})

    assert response.status_code == 429
    assert not Session.objects.filter(person=anna).exists()


def test_five_wrong_codes_while_signed_in_close_it_too(
    visitor: Any, anna: Person, enrol: Any
) -> None:
    app = enrol(anna)
    visitor.sign_in(anna)
    visitor.post("auth/2fa/authenticate/", {"code": app.code()})

    wrong = lambda: visitor.post("auth/2fa/reauthenticate/", {"code": "000000"})  # noqa: E731
    assert statuses(5, wrong) == [400] * 5
    assert visitor.post("auth/2fa/reauthenticate/", {"code": app.code()}).status_code == 429


def test_ten_wrong_codes_from_mails_close_the_account(visitor: Any, anna: Person) -> None:
    wrong = {"key": "BBBB-BBBB", "password": "a different horse"}
    for _ in range(2):
        visitor.token = ""
        visitor.post("auth/password/request/", {"email": anna.email})
        assert statuses(5, lambda: visitor.post("auth/password/reset/", wrong)) == [400] * 5

    visitor.token = ""
    visitor.post("auth/password/request/", {"email": anna.email})
    assert visitor.post("auth/password/reset/", wrong).status_code == 429


def test_twenty_sign_ups_an_hour_from_one_address(visitor: Any, other_visitor: Any) -> None:
    def sign_up(who: Any, number: int) -> int:
        who.token = ""
        data = {"email": f"new{number}@example.com", "password": PASSWORD, "name": "New"}
        status: int = who.post("auth/signup/", data).status_code
        return status

    assert [sign_up(visitor, number) for number in range(20)] == [401] * 20
    assert sign_up(visitor, 20) == 429
    assert sign_up(other_visitor, 21) == 401
    assert Person.objects.filter(email__startswith="new").count() == 21


@pytest.mark.parametrize("known", [True, False])
def test_five_mails_to_one_mailbox(portal: Any, mailbox: Any, anna: Person, known: bool) -> None:
    """From whatever address: nobody's mailbox is filled by us. Known and unknown alike."""
    email = anna.email if known else "nobody@example.com"
    answers = []
    for number in range(6):
        visitor = Visitor(portal, address=f"198.51.100.{number}")
        answers.append(visitor.post("auth/password/request/", {"email": email}).status_code)

    assert answers == [401] * 5 + [429]
    assert len(mailbox.read()) == 5


def test_the_answer_to_a_guess_says_how_long_to_wait_and_nothing_else(
    visitor: Any, anna: Person
) -> None:
    statuses(10, lambda: visitor.post("auth/login/", WRONG))
    known = visitor.post("auth/login/", WRONG).json()
    stranger = WRONG | {"email": "nobody@example.com"}
    statuses(10, lambda: visitor.post("auth/login/", stranger))
    unknown = visitor.post("auth/login/", stranger).json()

    assert set(known) == set(unknown)
    assert (known["code"], known["title"]) == (unknown["code"], unknown["title"])


def at_once(workers: int, calls: list[Callable[[], int]]) -> list[int]:
    """Runs the calls in parallel, each thread over a database connection of its own."""

    def run(call: Callable[[], int]) -> int:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_get_no_further(portal: Any, anna: Person) -> None:
    def guess(number: int) -> int:
        visitor = Visitor(portal, address=f"198.51.100.{number}")
        status: int = visitor.post("auth/login/", WRONG).status_code
        return status

    found = at_once(8, [lambda n=number: guess(n) for number in range(40)])  # type: ignore[misc]

    assert sorted(found) == [400] * 10 + [429] * 30


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_one_code_in_two_requests_at_once_signs_in_once(
    portal: Any, anna: Person, enrol: Any, kind: str
) -> None:
    app = enrol(anna)
    code = (
        app.code()
        if kind == "totp"
        else Authenticator.objects.get(type=kind).wrap().get_unused_codes()[0]
    )
    visitors = [Visitor(portal, address=f"198.51.100.{number}") for number in range(4)]
    for visitor in visitors:
        assert visitor.sign_in(anna).status_code == 401

    def finish(visitor: Visitor) -> int:
        status: int = visitor.post("auth/2fa/authenticate/", {"code": code}).status_code
        return status

    found = at_once(4, [lambda v=visitor: finish(v) for visitor in visitors])  # type: ignore[misc]

    assert sorted(found) == [200, 400, 400, 400]
    assert Session.objects.filter(person=anna).count() == 1


@pytest.mark.django_db(transaction=True)
def test_steps_of_one_session_wait_for_each_other(portal: Any, mailbox: Any) -> None:
    """Else five parallel wrong codes would count as one in the session."""
    visitor = Visitor(portal)
    visitor.post("auth/signup/", {"email": "new@example.com", "password": PASSWORD, "name": "New"})
    code = mailbox.code()

    def guess() -> int:
        once = Visitor(portal, token=visitor.token)
        status: int = once.post("auth/email/verify/", {"key": "BBBB-BBBB"}).status_code
        return status

    assert at_once(5, [guess] * 5) == [400] * 5
    assert visitor.post("auth/email/verify/", {"key": code}).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_with_one_address_at_once_make_one_account(portal: Any) -> None:
    data = {"email": "new@example.com", "password": PASSWORD, "name": "New"}

    def sign_up() -> int:
        status: int = Visitor(portal).post("auth/signup/", data).status_code
        return status

    assert at_once(4, [sign_up] * 4) == [401] * 4
    assert Person.objects.filter(email="new@example.com").count() == 1
