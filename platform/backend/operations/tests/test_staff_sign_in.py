"""The door of the staff admin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.db import connection
from django.test import Client

from backend.accounts.models import Person, Session
from backend.common.models import RateCounter

PASSWORD = "correct horse battery"
LOGIN = "/admin/login/?next=/admin/"
PER_ACCOUNT = settings.RATE_CLASSES["sign-in-account"].limit
PER_ADDRESS = settings.RATE_CLASSES["sign-in-address"].limit


@pytest.fixture
def boss(db: None) -> Person:
    return Person.objects.create_superuser("boss@tavola.test", PASSWORD, name="Boss")


def sign_in(
    email: str = "boss@tavola.test", password: str = PASSWORD, code: str = "", **headers: str
) -> Any:
    fields = {"username": email, "password": password, "code": code}
    return Client().post(LOGIN, fields, **headers)


def is_let_in(response: Any) -> bool:
    let_in = response.status_code == 302
    assert let_in == Session.objects.filter(surface="staff", person__isnull=False).exists()
    return let_in


def errors(response: Any) -> list[str]:
    return response.context["form"].non_field_errors()


def test_staff_come_in_with_their_password(boss: Person) -> None:
    response = sign_in()
    assert is_let_in(response)
    assert response["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("boss@tavola.test", "wrong"),
        ("nobody@tavola.test", PASSWORD),
        ("member@aurora.test", PASSWORD),
        ("left@tavola.test", PASSWORD),
    ],
)
def test_everybody_else_hears_the_same(boss: Person, email: str, password: str) -> None:
    Person.objects.create_user("member@aurora.test", PASSWORD, name="Member")
    Person.objects.create_superuser("left@tavola.test", PASSWORD, name="Left", is_active=False)

    response = sign_in(email, password)

    assert not is_let_in(response)
    assert errors(response) == [
        "Please enter the correct email address and password for a staff account. "
        "Note that both fields may be case-sensitive."
    ]


def test_an_account_stands_so_many_wrong_guesses(boss: Person) -> None:
    Person.objects.create_superuser("other@tavola.test", PASSWORD, name="Other")
    for number in range(PER_ACCOUNT):
        sign_in(password="wrong", REMOTE_ADDR=f"203.0.113.{number}")

    response = sign_in("Boss@Tavola.test", REMOTE_ADDR="198.51.100.1")

    assert not is_let_in(response)
    assert errors(response)[0].startswith("Too many attempts. Try again in ")
    assert is_let_in(sign_in("other@tavola.test", REMOTE_ADDR="203.0.113.1"))


def test_an_address_has_so_many_wrong_guesses(boss: Person) -> None:
    for number in range(PER_ADDRESS):
        sign_in(f"guess{number}@tavola.test", REMOTE_ADDR="203.0.113.7")

    assert not is_let_in(sign_in(REMOTE_ADDR="203.0.113.7"))
    assert is_let_in(sign_in(REMOTE_ADDR="203.0.113.8"))


def test_the_visitor_does_not_choose_the_address(boss: Person) -> None:
    for number in range(PER_ADDRESS):
        sign_in(f"guess{number}@tavola.test", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")

    assert not is_let_in(sign_in(HTTP_X_FORWARDED_FOR="198.51.100.1"))


def test_coming_in_costs_no_guess(boss: Person) -> None:
    for _ in range(PER_ACCOUNT + 1):
        assert is_let_in(sign_in())

    assert set(RateCounter.objects.values_list("count", flat=True)) == {0}


def test_guesses_at_the_portal_count_here(boss: Person, portal: Any) -> None:
    for number in range(PER_ACCOUNT):
        portal.post(
            "auth/login/",
            {"email": boss.email, "password": "wrong"},
            x_forwarded_for=f"203.0.113.{number}",
        )

    assert not is_let_in(sign_in(REMOTE_ADDR="198.51.100.1"))


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_all_counted(boss: Person) -> None:
    def guess(number: int) -> bool:
        try:
            response = sign_in(password="wrong", REMOTE_ADDR=f"203.0.113.{number}")
            # The client's `context` collects what other threads render as well.
            return "Too many attempts." in response.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        refused = list(pool.map(guess, range(PER_ACCOUNT + 14)))

    assert refused.count(True) == 14


class TestSecondFactor:
    @pytest.fixture
    def secret(self, boss: Person) -> str:
        secret = generate_totp_secret()
        TOTP.activate(boss, secret)
        return secret

    @staticmethod
    def current_code(secret: str) -> str:
        *_, counter = yield_hotp_counters_from_time()
        return format_hotp_value(hotp_value(secret, counter))

    def test_the_password_alone_is_not_enough(self, secret: str) -> None:
        response = sign_in()

        assert not is_let_in(response)
        assert errors(response) == [
            "That needs the current code from your authenticator app, or a recovery code."
        ]

    def test_the_code_completes_it(self, secret: str) -> None:
        assert is_let_in(sign_in(code=self.current_code(secret)))

    def test_a_code_is_good_once(self, secret: str) -> None:
        code = self.current_code(secret)
        sign_in(code=code)
        Session.objects.all().delete()

        assert not is_let_in(sign_in(code=code))

    def test_a_recovery_code_will_do(self, boss: Person, secret: str) -> None:
        codes = RecoveryCodes.activate(boss).get_unused_codes()

        assert is_let_in(sign_in(code=codes[0]))

    def test_a_code_does_not_replace_the_password(self, secret: str) -> None:
        assert not is_let_in(sign_in(password="wrong", code=self.current_code(secret)))

    def test_guesses_run_out(self, secret: str) -> None:
        for _ in range(settings.RATE_CLASSES["second-factor"].limit):
            sign_in(code="000000")

        response = sign_in(code=self.current_code(secret))

        assert not is_let_in(response)
        assert errors(response)[0].startswith("Too many attempts.")
