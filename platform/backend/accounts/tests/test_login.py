from __future__ import annotations

from typing import Any

import pytest

from backend.accounts.models import Person, Session


def test_it_signs_in_and_says_who(visitor: Any, anna: Person) -> None:
    response = visitor.sign_in(anna)

    assert response.status_code == 200
    body = response.json()
    assert body["data"]["user"] == {"id": str(anna.pk), "email": anna.email, "display": "Anna"}
    assert body["meta"]["is_authenticated"] is True
    assert visitor.get("me/").json()["person"]["email"] == anna.email
