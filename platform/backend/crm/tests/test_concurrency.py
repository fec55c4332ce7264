"""Two at once, on connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from backend.crm.models import Customer, CustomerMerge, CustomerNote, Tag
from backend.crm.tests.conftest import make, rows, upload

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


def merge(house, survivor, duplicate):
    path = f"crm/customers/{survivor.id}/merges/"
    return lambda: house.app.post(path, {"duplicate_id": str(duplicate.id)}).status_code


def test_one_of_two_merges_of_the_same_duplicate_wins(aurora):
    for _ in range(5):
        first, second, duplicate = make(aurora, "A"), make(aurora, "B"), make(aurora, "C")
        assert sorted(
            at_once(merge(aurora, first, duplicate), merge(aurora, second, duplicate))
        ) == [200, 409]
    assert len(rows(aurora, CustomerMerge)) == 5


def test_a_pair_merged_both_ways_keeps_one(aurora):
    for _ in range(5):
        one, other = make(aurora, "A"), make(aurora, "B")
        assert sorted(at_once(merge(aurora, one, other), merge(aurora, other, one))) == [200, 410]
    assert len(rows(aurora)) == len(rows(aurora, CustomerMerge)) == 5


def test_of_two_edits_of_the_same_state_one_is_refused(aurora):
    customer = make(aurora)
    path = f"crm/customers/{customer.id}/"

    def edit(values):
        return lambda: aurora.app.patch(path, values, if_match='"1"').status_code

    assert sorted(at_once(edit({"phone": "1"}), edit({"tags": ["VIP"]}))) == [200, 412]


def test_the_same_new_tag_twice_at_once_is_one(aurora):
    def add(name):
        return lambda: (
            aurora.app.post(
                "crm/customers/", {"name": name, "tags": ["VIP", "Press", "New"]}
            ).status_code
        )

    assert at_once(*(add(f"Guest {n}") for n in range(4))) == [201] * 4
    assert len(rows(aurora, Tag)) == 3


def test_the_same_file_twice_at_once_is_read_once(aurora):
    file = "name,email\n" + "".join(f"Guest {n},g{n}@example.com\n" for n in range(50))
    reports = at_once(*(lambda: upload(aurora.app, file).json() for _ in range(2)))
    assert sorted((report["created"], report["skipped"]) for report in reports) == [
        (0, 50),
        (50, 0),
    ]
    assert len(rows(aurora)) == 50


def test_no_note_survives_an_erasure(aurora):
    for _ in range(5):
        customer = make(aurora)
        path = f"crm/customers/{customer.id}/"
        at_once(
            lambda path=path: aurora.app.post(f"{path}erasure/", {}),
            lambda path=path: aurora.app.post(f"{path}notes/", {"body": "Maria was here"}),
        )
    assert rows(aurora, CustomerNote) == []
    assert {row["name"] for row in rows(aurora, Customer)} == {"Erased customer"}
