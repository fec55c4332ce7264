"""Two people who buy, change and cancel at the same moment: on connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backend.billing.models import Account, CreditNote, Entry, Invoice
from backend.billing.tests.cast import make_plans, make_seller
from backend.billing.tests.subscriptions import again, changes, order, pay_all
from backend.common.tenancy import owner_scope
from backend.conftest import Api, House
from backend.services.models import Service, ServiceChange
from backend.tenants.tests.test_member_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_at_once(aurora: House, visit: Callable[..., Api]) -> None:
    """One test, because emptying the database after each takes longer than all of them."""
    make_seller()
    make_plans()
    owner = visit(aurora.person("owner"), aurora.tenant)

    def call(method: str, path: str, **body: Any) -> Callable[[], int]:
        return lambda: owner(method, path, body or None).status_code

    def books() -> list[int]:
        with owner_scope():
            return [model.objects.count() for model in (Service, Invoice, Entry)]

    # Two orders, of the same plan and of another.
    statuses = at_once(
        *(call("POST", "services/", plan=plan, interval="month") for plan in ("house", "group")),
        *[call("POST", "services/", plan="house", interval="month")] * 2,
    )
    assert sorted(statuses) == [201, 409, 409, 409]
    assert books() == [1, 1, 1]

    # An add-on, and the end of the plan that it needs.
    service = Service.objects.get()
    at_once(
        call("POST", "services/", plan="extra-people", interval="month"),
        call("POST", f"services/{service.pk}/cancellation/", at="now"),
    )
    assert not Service.objects.current().exists()
    assert not Invoice.objects.open().exists()
    assert Account.objects.get().facts.balance_minor == 0

    # Cancelled twice: its invoice is credited once.
    service = order(aurora)
    notes = CreditNote.objects.count()
    cancel = call("POST", f"services/{service.pk}/cancellation/", at="now")
    assert sorted(at_once(cancel, cancel, cancel)) == [200, 409, 409]
    assert CreditNote.objects.count() == notes + 1

    # The same change twice: one invoice.
    service = order(aurora)
    pay_all(aurora)
    path = f"services/{service.pk}/plan-change/"
    before = books()
    change = call("POST", path, plan="group", interval="month")
    assert sorted(at_once(change, change, change)) == [200, 409, 409]
    assert books() == [before[0], before[1] + 1, before[2] + 1]
    assert [each[:3] for each in changes(service)] == [("plan", "done", "Group")]

    # Two other changes, of the same preview: who is slower has seen something else.
    shown = owner.get(f"{path}?plan=group&interval=year").json()["total_minor"]
    yearly = call("POST", path, plan="group", interval="year", total_minor=shown)
    other = owner.get(f"{path}?plan=house&interval=year").json()["total_minor"]
    house = call("POST", path, plan="house", interval="year", total_minor=other)
    before = books()
    assert sorted(at_once(yearly, house)) == [200, 409]
    assert books() == [before[0], before[1] + 1, before[2] + 1]

    # Planned and cancelled: one of both is planned.
    cheaper = call("POST", path, plan="starter", interval="month")
    end = call("POST", f"services/{service.pk}/cancellation/", at="period-end")
    assert sorted(at_once(cheaper, end, cheaper, end)) == [200, 409, 409, 409]
    assert ServiceChange.objects.planned().count() == 1

    # A payment that makes it begin, and its end.
    cancel_now = call("POST", f"services/{service.pk}/cancellation/", at="now")
    assert cancel_now() == 200
    service = order(aurora)
    at_once(call("POST", f"services/{service.pk}/cancellation/", at="now"), lambda: pay_all(aurora))
    assert again(service).state == "cancelled"
    assert not Invoice.objects.open().filter(lines__service=service).exists()
