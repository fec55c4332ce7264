from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.utils import timezone

from backend.accounts.models import Person, Session
from backend.accounts.tests.conftest import PASSWORD

NEW = {"email": "carla@example.com", "password": PASSWORD, "name": "Carla", "language": "en"}


@pytest.fixture
def carla(visitor: Any, mailbox: Any) -> Any:
    visitor.post("auth/signup/", NEW)
    return visitor


def test_a_wrong_code_is_refused(carla: Any) -> None:
    response = carla.post("auth/email/verify/", {"key": "BBBB-BBBB"})

    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert (error["field"], error["code"]) == ("key", "incorrect-code")
    assert not EmailAddress.objects.get().verified


def test_the_fifth_wrong_code_voids_the_right_one(carla: Any, mailbox: Any) -> None:
    code = mailbox.code()
    for _ in range(5):
        assert carla.post("auth/email/verify/", {"key": "BBBB-BBBB"}).status_code == 400

    response = carla.post("auth/email/verify/", {"key": code})

    assert response.status_code == 409
    assert not EmailAddress.objects.get().verified


def test_a_code_is_good_for_a_quarter_of_an_hour(carla: Any, mailbox: Any) -> None:
    code = mailbox.code()
    Session.objects.update(expire_date=timezone.now() + timedelta(days=1))

    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        response = carla.post("auth/email/verify/", {"key": code})

    assert response.status_code == 409
    assert not EmailAddress.objects.get().verified


def test_a_code_works_in_its_own_session_only(carla: Any, other_visitor: Any, mailbox: Any) -> None:
    code = mailbox.code()
    other_visitor.post("auth/signup/", NEW | {"email": "dora@example.com"})

    assert other_visitor.post("auth/email/verify/", {"key": code}).status_code == 400
    assert not EmailAddress.objects.filter(verified=True).exists()


def test_without_a_pending_sign_in_there_is_nothing_to_verify(visitor: Any) -> None:
    response = visitor.post("auth/email/verify/", {"key": "BBBB-BBBB"})

    assert response.status_code == 409
    assert response.json()["code"] == "step-not-open"


def test_another_code_can_be_had_and_voids_the_first(carla: Any, mailbox: Any) -> None:
    first = mailbox.code()

    assert carla.post("auth/email/verify/resend/").json() == {"status": 200}

    second = mailbox.code()
    assert carla.post("auth/email/verify/", {"key": first}).status_code == 400
    assert carla.post("auth/email/verify/", {"key": second}).status_code == 200


def test_three_more_codes_are_enough(carla: Any) -> None:
    for _ in range(3):
        assert carla.post("auth/email/verify/resend/").status_code == 200

    assert carla.post("auth/email/verify/resend/").status_code == 409


def test_the_code_is_not_readable_in_the_database(carla: Any, mailbox: Any) -> None:
    code = mailbox.code()

    assert code not in Session.objects.get().session_data
    assert Person.objects.get().email == NEW["email"]
