from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from backend.common.tenancy import owner_scope
from backend.crm.models import Customer
from backend.crm.tests.conftest import make, upload

PATH = "reports/dashboard/"
# In Auckland it is the 2nd of March already.
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def dashboard(api):
    response = api.get(PATH)
    assert response.status_code == 200, response.content
    return response.json()


def backdate(house, *moments: datetime) -> None:
    for number, moment in enumerate(moments):
        customer = make(house, f"Guest {number}", phone="1")
        # As the owner: members can't move a customer in time.
        with owner_scope():
            Customer.objects.filter(pk=customer.pk).update(created_at=moment)


def test_an_empty_tenant_is_told_how_to_begin(aurora, bluefin):
    make(bluefin)
    report = dashboard(aurora.app)
    assert report["customers_total"] == 0
    assert report["recent_customers"] == report["upcoming_birthdays"] == []
    assert report["attention"] == [{"code": "no-customers", "count": 0, "import_id": None}]
    assert len(report["new_by_day"]) == 30


def test_new_customers_by_day(aurora, bluefin):
    today = NOW.replace(hour=0)
    backdate(
        aurora,
        NOW,
        today,
        today - timedelta(seconds=1),
        today - timedelta(days=29),
        today - timedelta(days=29, seconds=1),
        today - timedelta(days=59),
        today - timedelta(days=59, seconds=1),
    )
    backdate(bluefin, NOW)

    report = dashboard(aurora.app)

    assert report["customers_total"] == 7
    assert report["customers_new_30d"] == 4
    assert report["customers_new_previous_30d"] == 2
    counts = {day["date"]: day["count"] for day in report["new_by_day"]}
    assert list(counts) == [str(date(2026, 1, 31) + timedelta(days=n)) for n in range(30)]
    assert {day: n for day, n in counts.items() if n} == {
        "2026-03-01": 2,
        "2026-02-28": 1,
        "2026-01-31": 1,
    }


def test_days_are_those_of_the_tenant(aurora):
    aurora.tenant.time_zone = "Pacific/Auckland"
    aurora.tenant.save()
    backdate(
        aurora, datetime(2026, 3, 1, 10, 59, tzinfo=UTC), datetime(2026, 3, 1, 11, 0, tzinfo=UTC)
    )
    last = dashboard(aurora.app)["new_by_day"][-2:]
    assert last == [{"date": "2026-03-01", "count": 1}, {"date": "2026-03-02", "count": 1}]


def test_the_five_newest(aurora):
    for number in range(6):
        make(aurora, f"Guest {number}", tags=["VIP"])
    recent = dashboard(aurora.app)["recent_customers"]
    assert [row["name"] for row in recent] == [f"Guest {n}" for n in (5, 4, 3, 2, 1)]
    assert recent == aurora.app.get("crm/customers/?order=-created&limit=5").json()["results"]


def test_birthdays_ahead(aurora, bluefin):
    for name, birthday in [
        ("Yesterday", "1980-02-28"),
        ("Today", "1990-03-01"),
        ("Tomorrow", "2000-03-02"),
        ("In 30 days", "1970-03-31"),
        ("In 31 days", "1970-04-01"),
        ("Never", None),
    ]:
        make(aurora, name, birthday=birthday)
    make(bluefin, "Chloe", birthday="1980-03-01")
    upcoming = dashboard(aurora.app)["upcoming_birthdays"]
    assert [(row["name"], row["days"]) for row in upcoming] == [
        ("Today", 0),
        ("Tomorrow", 1),
        ("In 30 days", 30),
    ]
    assert upcoming[0]["birthday"] == "1990-03-01"


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (datetime(2026, 12, 30, tzinfo=UTC), [("New Year's Eve", 1), ("New Year", 2)]),
        (datetime(2027, 2, 28, tzinfo=UTC), [("Leap day", 0)]),
        (datetime(2028, 2, 28, tzinfo=UTC), [("Leap day", 1)]),
        (datetime(2027, 3, 1, tzinfo=UTC), []),
    ],
)
def test_birthdays_around_new_year_and_leap_days(aurora, today, expected):
    make(aurora, "New Year", birthday="1980-01-01")
    make(aurora, "New Year's Eve", birthday="1980-12-31")
    make(aurora, "Leap day", birthday="1980-02-29")
    with time_machine.travel(today, tick=False):
        upcoming = dashboard(aurora.app)["upcoming_birthdays"]
    assert [(row["name"], row["days"]) for row in upcoming] == expected


def test_at_most_five_birthdays(aurora):
    for number in range(7):
        make(aurora, f"Guest {number}", birthday="1980-03-05")
    assert len(dashboard(aurora.app)["upcoming_birthdays"]) == 5


def test_what_needs_attention(aurora):
    report = upload(aurora.app, "name,email,phone\nAnna,,\nBruno,,1\nCarla,x,\nDora,y,\n").json()
    failed = {"code": "import-failed-rows", "count": 2, "import_id": report["id"]}
    unreachable = {"code": "customers-without-contact", "count": 1, "import_id": None}
    assert dashboard(aurora.app)["attention"] == [failed, unreachable]
    # Whom the report is closed to is not sent there.
    aurora.app.app.scopes = ["customers.read"]
    aurora.app.app.save()
    assert dashboard(aurora.app)["attention"] == [unreachable]
    aurora.app.app.scopes = ["customers.read", "customers.import"]
    aurora.app.app.save()

    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        assert dashboard(aurora.app)["attention"] == [unreachable]
    upload(aurora.app, "name,phone\nCarla,1\n")
    assert dashboard(aurora.app)["attention"] == [unreachable]


def test_erased_customers_do_not_count(aurora):
    customer = make(aurora, birthday="1980-03-01")
    aurora.app.post(f"crm/customers/{customer.id}/erasure/", {})
    assert dashboard(aurora.app)["customers_total"] == 0
    assert dashboard(aurora.app)["upcoming_birthdays"] == []


def test_six_queries(aurora, crm_queries):
    for number in range(10):
        make(aurora, f"Guest {number}", birthday="1980-03-05", tags=["VIP"])
    assert len(crm_queries(lambda: dashboard(aurora.app))) == 6
