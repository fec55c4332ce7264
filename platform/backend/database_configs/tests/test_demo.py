from __future__ import annotations

from backend.conftest import House
from backend.database_configs import demo
from backend.database_configs.tests.conftest import events, rows


def test_the_demo_has_one_that_nobody_has_looked_at(aurora: House, bluefin: House) -> None:
    said: list[str] = []
    for house in (aurora, bluefin):
        demo.load(house.tenant, said.append)

    (row,) = rows(aurora)
    assert row["name"] == "Bookkeeping"
    assert rows(bluefin) == []
    assert said == ["  a database configuration of Trattoria Aurora"]
    assert [event.by_name for event in events(aurora)] == ["Owner Trattoria Aurora"]


def test_it_is_made_once(aurora: House) -> None:
    demo.load(aurora.tenant, str)
    before = rows(aurora)
    demo.load(aurora.tenant, str)
    assert rows(aurora) == before
