from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection, transaction

from backend.accounts.models import Person, Session
from backend.accounts.second_factor import use_code
from backend.accounts.tests.conftest import PASSWORD, AuthenticatorApp

TOTP = "auth/account/authenticators/totp/"
RECOVERY_CODES = "auth/account/authenticators/recovery-codes/"


def begin(visitor: Any) -> AuthenticatorApp:
    """Asks for a secret, as the page with the QR code does."""
    return AuthenticatorApp(visitor.get(TOTP).json()["secret"])


def test_a_code_is_asked_for_after_the_password(visitor: Any, anna: Person, enrol: Any) -> None:
    app = enrol(anna)

    pending = visitor.sign_in(anna)

    assert pending.status_code == 401
    (flow,) = [f for f in pending.json()["flows"] if f.get("is_pending")]
    assert flow["id"] == "mfa_authenticate"
    assert sorted(flow["types"]) == ["recovery_codes", "totp"]
    assert visitor.get("me/").status_code == 401
    assert visitor.post("auth/2fa/authenticate/", {"code": app.code()}).status_code == 200
    assert visitor.get("me/").json()["person"]["email"] == anna.email


def test_a_wrong_code_does_not_sign_in(visitor: Any, anna: Person, enrol: Any) -> None:
    enrol(anna)
    visitor.sign_in(anna)

    response = visitor.post("auth/2fa/authenticate/", {"code": "000000"})

    assert [(e["field"], e["code"]) for e in response.json()["errors"]] == [
        ("code", "incorrect-code")
    ]
    assert visitor.get("me/").status_code == 401
    assert not Session.objects.filter(person__isnull=False).exists()


def test_a_code_works_once(visitor: Any, other_visitor: Any, anna: Person, enrol: Any) -> None:
    code = enrol(anna).code()
    visitor.sign_in(anna)
    other_visitor.sign_in(anna)

    assert visitor.post("auth/2fa/authenticate/", {"code": code}).status_code == 200
    assert other_visitor.post("auth/2fa/authenticate/", {"code": code}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_a_code_that_is_being_used_is_not_used_again(anna: Person, enrol: Any) -> None:
    """The second begins before the first has committed, and in another session."""
    code = enrol(anna).code()

    def use() -> Authenticator | None:
        try:
            with transaction.atomic():
                return use_code(anna, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert use_code(anna, code)
            second = pool.submit(use)
            wait([second], timeout=0.5)
        assert second.result(timeout=10) is None


def test_a_code_of_an_earlier_step_is_void_after_a_later_one(
    visitor: Any, other_visitor: Any, anna: Person, enrol: Any
) -> None:
    app = enrol(anna)
    earlier, later = app.code(), app.code()
    visitor.sign_in(anna)
    other_visitor.sign_in(anna)

    assert visitor.post("auth/2fa/authenticate/", {"code": later}).status_code == 200
    assert other_visitor.post("auth/2fa/authenticate/", {"code": earlier}).status_code == 400


def test_a_recovery_code_works_once(
    visitor: Any, other_visitor: Any, anna: Person, enrol: Any
) -> None:
    enrol(anna)
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[3]
    visitor.sign_in(anna)
    other_visitor.sign_in(anna)

    assert visitor.post("auth/2fa/authenticate/", {"code": code}).status_code == 200
    assert other_visitor.post("auth/2fa/authenticate/", {"code": code}).status_code == 400
    left = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert len(left) == 9


def test_another_persons_code_does_not_work(
    visitor: Any, anna: Person, ben: Person, enrol: Any
) -> None:
    enrol(anna)
    app_of_ben = enrol(ben)
    visitor.sign_in(anna)

    response = visitor.post("auth/2fa/authenticate/", {"code": app_of_ben.code()})

    assert response.status_code == 400


def test_without_a_password_first_there_is_no_second_factor(visitor: Any, db: None) -> None:
    response = visitor.post("auth/2fa/authenticate/", {"code": "000000"})

    assert (response.status_code, response.json()["code"]) == (401, "not-signed-in")


def test_enrolling_takes_the_password_once_more(
    visitor: Any, mailbox: Any, anna: Person, django_capture_on_commit_callbacks: Any
) -> None:
    visitor.sign_in(anna)
    refused = visitor.get(TOTP)
    assert (refused.status_code, refused.json()["code"]) == (401, "authentication-pending")
    assert {"id": "reauthenticate"} in refused.json()["flows"]
    assert "secret" not in refused.json()

    assert visitor.post("auth/reauthenticate/", {"password": PASSWORD}).status_code == 200
    app = begin(visitor)
    with django_capture_on_commit_callbacks(execute=True):
        response = visitor.post(TOTP, {"code": app.code()})
    assert response.status_code == 200
    assert response.json()["data"]["type"] == "totp"
    assert {a.type for a in Authenticator.objects.filter(user=anna)} == {"totp", "recovery_codes"}
    (notice,) = mailbox.read()
    assert notice.subject == "Two-factor sign-in is on"


def test_a_proof_that_has_aged_does_not_enrol(visitor: Any, anna: Person) -> None:
    visitor.sign_in(anna)
    visitor.post("auth/reauthenticate/", {"password": PASSWORD})
    app = begin(visitor)
    visitor.let_the_proof_age()

    refused = visitor.post(TOTP, {"code": app.code()})

    assert (refused.status_code, refused.json()["code"]) == (401, "authentication-pending")
    assert not Authenticator.objects.exists()


def test_a_wrong_code_does_not_enrol(visitor: Any, anna: Person) -> None:
    visitor.sign_in(anna)
    visitor.post("auth/reauthenticate/", {"password": PASSWORD})
    begin(visitor)

    response = visitor.post(TOTP, {"code": "000000"})

    assert response.status_code == 400
    assert not Authenticator.objects.exists()


def test_a_second_app_is_refused(visitor: Any, anna: Person, enrol: Any) -> None:
    visitor.sign_in(anna)
    visitor.post("auth/reauthenticate/", {"password": PASSWORD})
    app = begin(visitor)
    enrol(anna)
    before = Authenticator.objects.get(type="totp").data

    response = visitor.post(TOTP, {"code": app.code()})

    assert (response.status_code, response.json()["code"]) == (409, "step-not-open")
    assert Authenticator.objects.get(type="totp").data == before


def test_secrets_are_encrypted_at_rest(visitor: Any, anna: Person) -> None:
    visitor.sign_in(anna)
    visitor.post("auth/reauthenticate/", {"password": PASSWORD})
    app = begin(visitor)
    visitor.post(TOTP, {"code": app.code()})
    codes = visitor.get(RECOVERY_CODES).json()["data"]["unused_codes"]

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert app.secret not in stored
    assert not any(code in stored for code in codes)
    assert app.secret not in Session.objects.get().session_data


def test_it_says_which_factors_there_are(visitor: Any, anna: Person, enrol: Any) -> None:
    visitor.sign_in(anna)
    path = "auth/account/authenticators/"
    assert visitor.get(path).json() == {"status": 200, "data": []}
    enrol(anna)

    found = visitor.get(path).json()["data"]

    assert {item["type"] for item in found} == {"totp", "recovery_codes"}
    assert "unused_codes" not in str(found)


@pytest.mark.parametrize("path", [TOTP, RECOVERY_CODES, "auth/account/authenticators/"])
def test_a_stranger_learns_nothing_of_factors(visitor: Any, path: str) -> None:
    response = visitor.get(path)

    assert (response.status_code, response.json()["code"]) == (401, "not-signed-in")


def test_turning_it_off_takes_a_fresh_proof_and_tells_the_owner(
    visitor: Any, mailbox: Any, anna: Person, enrol: Any
) -> None:
    app = enrol(anna)
    visitor.sign_in(anna)
    visitor.post("auth/2fa/authenticate/", {"code": app.code()})

    assert visitor.delete(TOTP).json()["code"] == "authentication-pending"
    assert Authenticator.objects.filter(user=anna).count() == 2

    assert visitor.post("auth/2fa/reauthenticate/", {"code": app.code()}).status_code == 200
    assert visitor.delete(TOTP).status_code == 200
    assert not Authenticator.objects.filter(user=anna).exists()
    assert [m.subject for m in mailbox.read()] == ["Two-factor sign-in is off"]


def test_recovery_codes_are_shown_once_after_a_fresh_proof(
    visitor: Any, anna: Person, enrol: Any
) -> None:
    app = enrol(anna)
    visitor.sign_in(anna)
    visitor.post("auth/2fa/authenticate/", {"code": app.code()})
    assert visitor.get(RECOVERY_CODES).json()["code"] == "authentication-pending"

    visitor.post("auth/reauthenticate/", {"password": PASSWORD})

    data = visitor.get(RECOVERY_CODES).json()["data"]
    assert len(set(data["unused_codes"])) == data["unused_code_count"] == 10

    again = visitor.get(RECOVERY_CODES).json()["data"]
    assert "unused_codes" not in again
    assert again["unused_code_count"] == 10


def test_new_recovery_codes_void_the_old(visitor: Any, anna: Person, enrol: Any) -> None:
    app = enrol(anna)
    visitor.sign_in(anna)
    visitor.post("auth/2fa/authenticate/", {"code": app.code()})
    visitor.post("auth/reauthenticate/", {"password": PASSWORD})
    old = visitor.get(RECOVERY_CODES).json()["data"]["unused_codes"]

    new = visitor.post(RECOVERY_CODES).json()["data"]["unused_codes"]

    assert not set(old) & set(new)
    assert visitor.post("auth/2fa/reauthenticate/", {"code": old[0]}).status_code == 400


def test_recovery_codes_need_an_app(visitor: Any, anna: Person) -> None:
    visitor.sign_in(anna)
    visitor.post("auth/reauthenticate/", {"password": PASSWORD})

    response = visitor.post(RECOVERY_CODES)

    assert [e["code"] for e in response.json()["errors"]] == ["cannot-generate-recovery-codes"]
    missing = visitor.get(RECOVERY_CODES)
    assert (missing.status_code, missing.json()["code"]) == (404, "authenticator-not-found")
    assert not Authenticator.objects.exists()
