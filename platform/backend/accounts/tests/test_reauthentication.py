from __future__ import annotations

from typing import Any

import pytest

from backend.accounts.models import Person
from backend.accounts.tests.conftest import PASSWORD


def test_the_password_proves_it(visitor: Any, anna: Person) -> None:
    visitor.sign_in(anna)

    response = visitor.post("auth/reauthenticate/", {"password": PASSWORD})

    assert response.status_code == 200
    assert response.json()["data"]["methods"][-1]["reauthenticated"] is True


def test_a_wrong_password_does_not(visitor: Any, anna: Person) -> None:
    visitor.sign_in(anna)

    response = visitor.post("auth/reauthenticate/", {"password": "wrong horse battery"})

    assert [(e["field"], e["code"]) for e in response.json()["errors"]] == [
        ("password", "incorrect-password")
    ]


def test_another_persons_password_does_not(visitor: Any, anna: Person, ben: Person) -> None:
    ben.set_password("password of ben")
    ben.save()
    visitor.sign_in(anna)

    response = visitor.post("auth/reauthenticate/", {"password": "password of ben"})

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("auth/reauthenticate/", {"password": PASSWORD}),
        ("auth/2fa/reauthenticate/", {"code": "000000"}),
        ("auth/account/password/", {"current_password": PASSWORD, "new_password": "another one"}),
    ],
)
def test_a_stranger_has_nothing_to_prove(
    visitor: Any, anna: Person, path: str, data: dict[str, str]
) -> None:
    response = visitor.post(path, data)

    assert (response.status_code, response.json()["code"]) == (401, "not-signed-in")
