"""Unpaid: services are past due, then the tenant is suspended. Paid: both are undone at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.billing.jobs import MAIL_SUSPENSION
from backend.billing.models import Invoice, OverdueSuspension, Seller
from backend.billing.tests.cast import SYSTEM, issued, transfer
from backend.billing.tests.runs import active, at, done, ordered
from backend.billing.workflows.credit_invoice import credit_invoice, void_invoice
from backend.conftest import Api, House
from backend.services.models import Service
from backend.tenants.models import Tenant
from backend.tenants.models.tenant import latest_transition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller", "plans")]


@pytest.fixture
def unpaid(seller: Seller, aurora: House) -> Invoice:
    """Of a service that began on 1 January; due on 15 February, too late from 11 March on."""
    with at("2027-01-01"):
        active(aurora)
    with at("2027-02-01"):
        done("renewals")
    return Invoice.objects.get()


def state_of(house: House) -> str:
    return Tenant.objects.get(pk=house.tenant.pk).state


def service_of(house: House) -> Service:
    return Service.objects.get(tenant=house.tenant)


def test_a_service_is_past_due_from_the_day_after(unpaid: Invoice, aurora: House) -> None:
    with at("2027-02-15"):
        assert done("past-due") == []
    with at("2027-02-16"):
        [outcome] = done("past-due")
        assert done("past-due") == []
    assert outcome.told == ("House: past due",)
    assert service_of(aurora).state == "past_due"
    assert service_of(aurora).transitions.get(to_state="past_due").changed_by_kind == "system"


def test_paying_brings_it_back_at_once(unpaid: Invoice, aurora: House) -> None:
    with at("2027-02-16"):
        done("past-due")
        transfer(aurora, unpaid.total_minor - 1)
        assert service_of(aurora).state == "past_due"
        transfer(aurora, 1)
        assert service_of(aurora).state == "active"


def test_it_stays_past_due_while_another_invoice_of_it_is_overdue(
    unpaid: Invoice, aurora: House
) -> None:
    with at("2027-03-01"):
        done("renewals")
    with at("2027-03-20"):
        done("past-due")
        transfer(aurora, unpaid.total_minor)
        assert service_of(aurora).state == "past_due"
        transfer(aurora, unpaid.total_minor)
        assert service_of(aurora).state == "active"


def test_past_due_is_still_renewed(unpaid: Invoice, aurora: House) -> None:
    with at("2027-02-20"):
        done("past-due")
    with at("2027-03-01"):
        assert len(done("renewals")) == 1
    assert str(service_of(aurora).period_end) == "2027-04-01"


@pytest.mark.parametrize("take_back", [credit_invoice, void_invoice])
def test_what_is_taken_back_is_not_overdue_either(
    unpaid: Invoice, aurora: House, take_back: object
) -> None:
    with at("2027-03-11"):
        done("past-due", "suspensions")
        assert (service_of(aurora).state, state_of(aurora)) == ("past_due", "suspended")
        take_back(unpaid, by=SYSTEM, reason="A mistake")  # type: ignore[operator]
    assert (service_of(aurora).state, state_of(aurora)) == ("active", "active")


@pytest.mark.parametrize("take_back", [credit_invoice, void_invoice])
def test_what_is_taken_back_makes_no_service_begin(aurora: House, take_back: object) -> None:
    service, invoice = ordered(aurora)
    take_back(invoice, by=SYSTEM, reason="A mistake")  # type: ignore[operator]
    service.refresh_from_db()
    assert service.state == "pending"


def test_a_discount_on_the_first_invoice_lets_it_begin_once_paid(aurora: House) -> None:
    service, invoice = ordered(aurora)
    credit_invoice(invoice, by=SYSTEM, reason="Welcome", net_minor={invoice.lines.get().pk: 900})
    transfer(aurora, invoice.total_minor - 1080)
    service.refresh_from_db()
    assert service.state == "active"


def test_a_tenant_is_suspended_after_so_many_days(unpaid: Invoice, aurora: House) -> None:
    with at("2027-03-10"):
        assert done("suspensions") == []
    with at("2027-03-11"):
        [outcome] = done("suspensions")
        assert done("suspensions") == []
    assert state_of(aurora) == "suspended"
    suspension = OverdueSuspension.objects.get()
    assert suspension.reason == f"Not paid: invoice {unpaid.number}, due on 15 Feb 2027."
    assert outcome.told == (f"Suspended. {suspension.reason}",)
    transition = latest_transition(aurora.tenant.pk)
    assert transition
    assert (transition.reason, transition.changed_by_kind) == (suspension.reason, "system")
    job = ProcrastinateJob.objects.get(task_name=MAIL_SUSPENSION)
    assert job.args == {"suspension_id": str(suspension.pk)}


def test_its_members_act_next_and_support_only_for_something_else(
    unpaid: Invoice, aurora: House, visit: Callable[..., Api]
) -> None:
    api = visit(aurora.person("owner"), aurora.tenant)

    def next_actor() -> str:
        actor: str = api.get("tenant/").json()["next_actor"]
        assert api.get("tenant/provisioning/").json()["next_actor"] == actor
        return actor

    with at("2027-03-11"):
        done("suspensions")
    assert next_actor() == "you"
    aurora.tenant.refresh_from_db()
    with at("2027-03-12"):
        aurora.tenant.reactivate(by=SYSTEM, reason="A promise")
        aurora.tenant.suspend(by=SYSTEM, reason="Something else")
    assert next_actor() == "support"


def test_it_is_told_why_in_its_language(unpaid: Invoice, aurora: House) -> None:
    Tenant.objects.update(language="de")
    with at("2027-03-11"):
        done("suspensions")
        transfer(aurora, unpaid.total_minor)
    reason = OverdueSuspension.objects.get().reason
    assert reason == f"Nicht bezahlt: Rechnung {unpaid.number}, fällig am 15. Februar 2027."
    transition = latest_transition(aurora.tenant.pk)
    assert transition
    assert transition.reason == "Nichts mehr überfällig."


def test_many_invoices_fit_into_the_reason(aurora: House) -> None:
    with at("2027-01-01"):
        for _ in range(9):
            issued(aurora)
    with at("2027-06-01"):
        done("suspensions")
    reason = OverdueSuspension.objects.get().reason
    assert reason.count("invoice ") == 5
    assert reason.endswith("; 4 more.")


def test_paying_all_that_is_overdue_brings_it_back(unpaid: Invoice, aurora: House) -> None:
    with at("2027-03-01"):
        done("renewals")
    with at("2027-03-17"):
        done("suspensions")
        transfer(aurora, unpaid.total_minor)
        # The other one is overdue as well.
        assert state_of(aurora) == "suspended"
        transfer(aurora, unpaid.total_minor)
        assert state_of(aurora) == "active"
        assert OverdueSuspension.objects.get().lifted_at is not None
        assert done("suspensions") == []


def test_nobody_is_suspended_for_an_order_that_never_began(aurora: House) -> None:
    Seller.objects.update(suspension_days=5)
    with at("2027-01-01"):
        ordered(aurora)  # due on 15 January; it lapses on the 30th
    with at("2027-01-25"):
        assert done("past-due", "suspensions") == []
    assert state_of(aurora) == "active"


def test_an_order_that_never_began_keeps_nobody_suspended(unpaid: Invoice, aurora: House) -> None:
    with at("2027-02-20"):
        ordered(aurora, "extra-people")
    with at("2027-03-11"):
        done("suspensions")
        transfer(aurora, unpaid.total_minor)
    assert state_of(aurora) == "active"


def test_only_who_owes_is_suspended(unpaid: Invoice, aurora: House, bluefin: House) -> None:
    with at("2027-01-01"):
        transfer(bluefin, issued(bluefin).total_minor)
    with at("2027-06-01"):
        done("suspensions")
    assert (state_of(aurora), state_of(bluefin)) == ("suspended", "active")


def test_whom_staff_brought_back_is_not_suspended_for_the_same_again(
    unpaid: Invoice, aurora: House
) -> None:
    with at("2027-03-11"):
        done("suspensions")
    with at("2027-03-12"):
        Tenant.objects.get(pk=aurora.tenant.pk).reactivate(by=SYSTEM, reason="They called")
        [outcome] = done("suspensions")
        assert outcome.told == ("Is no longer suspended, by hand",)
        assert done("suspensions") == []
        done("renewals")  # due on 26 March, too late from 19 April on
    with at("2027-04-18"):
        assert done("suspensions") == []
    assert state_of(aurora) == "active"
    with at("2027-04-19"):
        done("suspensions")
    assert state_of(aurora) == "suspended"
    assert OverdueSuspension.objects.filter(lifted_at__isnull=True).count() == 1


def test_a_suspension_for_another_reason_is_not_ended_by_paying(
    unpaid: Invoice, aurora: House
) -> None:
    with at("2027-03-11"):
        done("suspensions")
    with at("2027-03-12"):
        tenant = Tenant.objects.get(pk=aurora.tenant.pk)
        tenant.reactivate(by=SYSTEM, reason="They called")
        tenant.suspend(by=SYSTEM, reason="Something else")
        transfer(aurora, unpaid.total_minor)
    assert state_of(aurora) == "suspended"
    assert OverdueSuspension.objects.get().lifted_at is not None


def test_without_a_number_of_days_nobody_is_suspended(unpaid: Invoice, aurora: House) -> None:
    Seller.objects.update(suspension_days=None)
    with at("2028-01-01"):
        assert done("suspensions") == []
    assert state_of(aurora) == "active"


def test_a_dry_run_suspends_nobody(unpaid: Invoice, aurora: House) -> None:
    with at("2027-03-11"):
        preview = done("past-due", "suspensions", dry_run=True)
        assert (service_of(aurora).state, state_of(aurora)) == ("active", "active")
        assert not OverdueSuspension.objects.exists()
        assert done("past-due", "suspensions") == preview
