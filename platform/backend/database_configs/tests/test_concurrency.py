"""Two at once, on connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from backend.conftest import Api, House
from backend.database_configs.models import DatabaseValidation
from backend.database_configs.tests.conftest import PATH, VALUES, make, rows

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(run, call) for call in calls]]


def test_two_at_once(aurora: House, owner: Api) -> None:
    """One test, because emptying the database after each takes longer than all of them."""

    def add(name: str) -> Callable[[], int]:
        return lambda: owner.post(PATH, VALUES | {"name": name}).status_code

    # The same name.
    assert sorted(at_once(add("Tills"), add("tills"), add("TILLS"))) == [201, 400, 400]
    (row,) = rows(aurora)
    path = f"{PATH}{row['id']}/"

    def change(**values: Any) -> Callable[[], int]:
        return lambda: owner.patch(path, values, if_match='"1"').status_code

    # Changes of the same state.
    assert sorted(at_once(change(user="chef"), change(secret="another"))) == [200, 412]
    # The same validation.
    assert sorted(
        at_once(*[lambda: owner.post(f"{path}validation/").status_code for _ in range(4)])
    ) == [202, 409, 409, 409]
    assert len(rows(aurora, DatabaseValidation)) == 1
    # A rename into the name that another is given at this moment.
    other = make(aurora, "Other")
    rename = {"name": "Archive"}
    statuses = at_once(
        lambda: owner.patch(f"{PATH}{other.pk}/", rename, if_match='"1"').status_code,
        add("Archive"),
    )
    assert statuses in ([200, 400], [400, 201])
    # The tenth.
    while len(rows(aurora)) < 9:
        make(aurora, f"Database {len(rows(aurora))}")
    assert sorted(at_once(add("A"), add("B"), add("C"))) == [201, 409, 409]
    assert len(rows(aurora)) == 10
