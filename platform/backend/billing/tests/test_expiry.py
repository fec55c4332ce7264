"""Orders that nobody paid lapse; a closed business has no services."""

from __future__ import annotations

import pytest

from backend.billing.models import Account, CreditNote, Invoice
from backend.billing.tests.cast import SYSTEM, transfer
from backend.billing.tests.runs import active, at, done, ordered
from backend.billing.workflows.cancel_service import When as End
from backend.billing.workflows.cancel_service import cancel_service
from backend.billing.workflows.credit_invoice import credit_invoice
from backend.conftest import House
from backend.services.models import Service, ServiceChange

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller", "plans")]


def states(*services: Service) -> list[str]:
    return [Service.objects.get(pk=service.pk).state for service in services]


def test_an_order_lapses_14_days_after_its_invoice_was_due(aurora: House, bluefin: House) -> None:
    with at("2027-01-01"):
        service, invoice = ordered(aurora)  # due on 15 January
        running = active(bluefin)
    with at("2027-01-29"):
        assert done("endings") == []
    with at("2027-01-30"):
        [outcome] = done("endings")
        assert done("endings") == []
    assert outcome.told == ("House: cancelled, never paid",)
    assert states(service, running) == ["cancelled", "active"]
    invoice.refresh_from_db()
    assert invoice.state == "void"
    assert Account.objects.get(tenant=aurora.tenant).facts.balance_minor == 0
    change = ServiceChange.objects.get()
    assert change.reason == "Not paid in time: the order has lapsed."


def test_what_was_paid_in_part_becomes_credit(aurora: House) -> None:
    with at("2027-01-01"):
        service, invoice = ordered(aurora)
        transfer(aurora, 1000)
    with at("2027-01-30"):
        done("endings")
    assert states(service) == ["cancelled"]
    assert Account.objects.get().facts.credit_minor == 1000
    assert CreditNote.objects.get().total_minor == invoice.total_minor
    invoice.refresh_from_db()
    assert invoice.state == "paid"


def test_what_was_taken_back_can_not_be_waited_for(aurora: House) -> None:
    service, invoice = ordered(aurora)
    credit_invoice(invoice, by=SYSTEM, reason="A mistake")
    done("endings")
    assert states(service) == ["cancelled"]


def test_a_new_order_is_left_alone(aurora: House) -> None:
    service, _ = ordered(aurora)
    assert done("endings") == []
    assert states(service) == ["pending"]


def test_a_closed_business_keeps_no_services_and_owes_what_it_owed(aurora: House) -> None:
    with at("2027-01-01"):
        plan = active(aurora)
        addon = active(aurora, "extra-people")
        cancel_service(aurora.tenant, plan.pk, at=End.PERIOD_END, by=SYSTEM)
    with at("2027-01-20"):
        ServiceChange.objects.get()
    with at("2027-02-20"):
        aurora.tenant.archive(by=SYSTEM, reason="Closed")
        [outcome] = done()
        assert done() == []
    assert outcome.told == ("House: cancelled, the business is archived",)
    assert states(plan, addon) == ["cancelled", "cancelled"]
    assert not ServiceChange.objects.planned().exists()
    assert not Invoice.objects.exists()


def test_a_closed_business_need_not_pay_for_what_never_began(aurora: House) -> None:
    with at("2027-01-01"):
        plan = active(aurora)
    with at("2027-02-01"):
        done("renewals")
        addon, invoice = ordered(aurora, "extra-people")
        aurora.tenant.archive(by=SYSTEM, reason="Closed")
        done("endings")
    assert states(plan, addon) == ["cancelled", "cancelled"]
    [owed] = Invoice.objects.filter(state="open")
    assert owed.net_minor == 4900
    invoice.refresh_from_db()
    assert invoice.state == "void"


def test_a_dry_run_ends_nothing(aurora: House) -> None:
    with at("2027-01-01"):
        service, _ = ordered(aurora)
    with at("2027-01-30"):
        preview = done("endings", dry_run=True)
        assert states(service) == ["pending"]
        assert done("endings") == preview
