from __future__ import annotations

from typing import Any

import pytest

from backend.accounts.models import Person, Session
from backend.accounts.tests.conftest import PASSWORD, Visitor
from backend.accounts.tests.test_attempt_limits import at_once


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_do_not_lock_each_other_out(portal: Any, anna: Person) -> None:
    """Each holds its own session and wants to end the other's."""
    visitors = [Visitor(portal, address=f"198.51.100.{number}") for number in range(4)]
    for visitor in visitors:
        assert visitor.sign_in(anna).status_code == 200

    def change(number: int) -> int:
        new = {"current_password": PASSWORD, "new_password": f"a different horse {number}"}
        status: int = visitors[number].post("auth/account/password/", new).status_code
        return status

    found = at_once(4, [lambda n=number: change(n) for number in range(4)])  # type: ignore[misc]

    assert 200 in found
    assert set(found) <= {200, 400, 401}
    anna.refresh_from_db()
    good = anna.get_session_auth_hash()
    assert Session.objects.filter(person=anna, auth_hash=good).count() == 1
    assert sum(visitor.get("me/").status_code == 200 for visitor in visitors) == 1
