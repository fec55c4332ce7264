"""Beginning to pay, and what members see of payments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from backend.audit.models import AuditEvent
from backend.billing.models import Invoice, Payment
from backend.billing.tests.cast import SYSTEM, draft, issued, transfer
from backend.billing.tests.world import books, card, statements
from backend.billing.workflows.credit_invoice import credit_invoice
from backend.billing.workflows.refund_payment import begin_refund, confirm_refund
from backend.billing.workflows.take_payment import confirm_payment, fail_payment
from backend.conftest import Api, House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


@pytest.fixture(autouse=True)
def _sandbox(settings: Any) -> None:
    settings.SANDBOX_PAYMENTS = True


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


def begun(api: Api, **given: Any) -> dict[str, Any]:
    response = api.post("payments/", given)
    assert response.status_code == 201, response.content
    found: dict[str, Any] = response.json()
    return found


def test_a_transfer_is_announced(aurora: House, owner: Api) -> None:
    first, second = issued(aurora), issued(aurora)
    draft(aurora)
    payment = begun(owner, method="transfer")
    assert payment["amount_minor"] == first.total_minor + second.total_minor
    assert payment["invoices"] == [
        {"id": str(each.pk), "number": each.number} for each in (first, second)
    ]
    assert (payment["state"], payment["settled_at"], payment["failure"]) == ("pending", None, "")
    assert payment["begun_by"] == "Owner Trattoria Aurora"
    assert payment["next"] == {
        "kind": "transfer",
        "name": "Tavola Betriebs GmbH",
        "iban": "AT611904300234573201",
        "bic": "BKAUATWW",
        "bank": "Beispielbank",
        "reference": payment["reference"],
        "amount_minor": payment["amount_minor"],
    }
    # Nothing is paid by announcing it.
    assert Invoice.objects.open().count() == 2
    assert AuditEvent.objects.filter(action="payment.begun", tenant=aurora.tenant).count() == 1


def test_only_those_that_were_named(aurora: House, owner: Api) -> None:
    issued(aurora)
    second = issued(aurora)
    payment = begun(owner, method="transfer", invoices=[str(second.pk), str(second.pk)])
    assert payment["amount_minor"] == second.total_minor
    assert [each["number"] for each in payment["invoices"]] == [second.number]


def test_only_what_is_left_of_it(aurora: House, owner: Api) -> None:
    invoice = issued(aurora)
    transfer(aurora, 2000)
    assert begun(owner, method="transfer")["amount_minor"] == invoice.total_minor - 2000


def test_what_was_paid_meanwhile_is_left_out(aurora: House, owner: Api) -> None:
    first, second = issued(aurora), issued(aurora)
    transfer(aurora, first.total_minor)
    payment = begun(owner, method="transfer", invoices=[str(first.pk), str(second.pk)])
    assert [each["number"] for each in payment["invoices"]] == [second.number]


def test_what_is_still_due_of_what_it_was_begun_for(aurora: House, owner: Api) -> None:
    first, second = issued(aurora), issued(aurora)
    both = begun(owner, method="transfer")
    one = begun(owner, method="transfer", invoices=[str(first.pk)])
    assert (both["due_minor"], one["due_minor"]) == (both["amount_minor"], first.total_minor)
    transfer(aurora, first.total_minor + 100)
    now = {each["id"]: each["due_minor"] for each in owner.get("payments/").json()["results"]}
    assert now[one["id"]] == 0
    assert now[both["id"]] == second.total_minor - 100
    assert owner.get(f"payments/{both['id']}/").json()["due_minor"] == now[both["id"]]


@pytest.mark.parametrize("named", [False, True])
def test_nothing_due_is_not_paid(aurora: House, owner: Api, named: bool) -> None:
    invoice = issued(aurora)
    transfer(aurora, invoice.total_minor)
    before = books(aurora)
    body = {"method": "transfer"} | ({"invoices": [str(invoice.pk)]} if named else {})
    response = owner.post("payments/", body)
    assert (response.status_code, response.json()["code"]) == (409, "nothing-due")
    assert books(aurora) == before


def test_drafts_and_unknown_ids_are_not_found(aurora: House, owner: Api) -> None:
    invoice, waits = issued(aurora), draft(aurora)
    before = books(aurora)
    for other in (waits.pk, uuid4()):
        body = {"method": "transfer", "invoices": [str(invoice.pk), str(other)]}
        response = owner.post("payments/", body)
        assert (response.status_code, response.json()["code"]) == (404, "invoice-not-found")
    assert books(aurora) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "method"),
        ({"method": "cash"}, "method"),
        ({"method": "transfer", "invoices": []}, "invoices"),
        ({"method": "transfer", "invoices": ["7"]}, "invoices.0"),
        ({"method": "transfer", "amount_minor": 1}, "amount_minor"),
    ],
)
def test_what_makes_no_sense_is_refused(
    aurora: House, owner: Api, body: dict[str, Any], field: str
) -> None:
    issued(aurora)
    before = books(aurora)
    response = owner.post("payments/", body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == field
    assert books(aurora) == before


@pytest.mark.parametrize("method", ["card", "stripe"])
def test_what_isnt_offered_is_refused(
    aurora: House, owner: Api, settings: Any, method: str
) -> None:
    settings.SANDBOX_PAYMENTS = False
    issued(aurora)
    before = books(aurora)
    response = owner.post("payments/", {"method": method})
    assert (response.status_code, response.json()["code"]) == (400, "method-not-offered")
    assert books(aurora) == before


@pytest.mark.parametrize("role", ["manager", "accountant"])
def test_those_who_look_after_bills_pay(
    aurora: House, visit: Callable[..., Api], role: str
) -> None:
    issued(aurora)
    begun(visit(aurora.person(role), aurora.tenant), method="transfer")


def test_others_dont(aurora: House, visit: Callable[..., Api]) -> None:
    issued(aurora)
    before = books(aurora)
    waiter = visit(aurora.person("waiter"), aurora.tenant)
    for api in (waiter, aurora.app):
        assert api.post("payments/", {"method": "transfer"}).status_code == 403
    assert books(aurora) == before


def test_a_suspended_business_can_still_pay(aurora: House, owner: Api) -> None:
    issued(aurora)
    aurora.tenant.suspend(by=SYSTEM, reason="Owes")
    payment = begun(owner, method="card")
    assert owner.post(f"payments/{payment['id']}/card/", card()).json()["state"] == "confirmed"


def test_sent_twice_is_one_payment(aurora: House, owner: Api) -> None:
    issued(aurora)
    first = owner.post("payments/", {"method": "transfer"}, idempotency_key="k")
    again = owner.post("payments/", {"method": "transfer"}, idempotency_key="k")
    assert again.json() == first.json()
    assert Payment.objects.count() == 1


def test_how_a_payment_was_used(aurora: House, owner: Api) -> None:
    first, second = issued(aurora), issued(aurora)
    payment = begun(owner, method="transfer")
    row = Payment.objects.get(pk=payment["id"])
    confirm_payment(row, by=SYSTEM, gateway_reference="E 1", amount_minor=25000)
    shown = owner.get(f"payments/{row.pk}/").json()
    assert (shown["state"], shown["amount_minor"], shown["next"]) == ("confirmed", 25000, None)
    assert shown["allocations"] == [
        {"invoice": {"id": str(each.pk), "number": each.number}, "amount_minor": 12000}
        for each in (first, second)
    ]
    assert shown["refunds"] == []
    row.refresh_from_db()
    refund = begin_refund(row, 400, by=SYSTEM, reason="Too much")
    confirm_refund(refund, by=SYSTEM)
    begin_refund(row, 600, by=SYSTEM, reason="The rest")
    shown = owner.get(f"payments/{row.pk}/").json()
    assert [(each["amount_minor"], each["state"]) for each in shown["refunds"]] == [
        (600, "pending"),
        (400, "confirmed"),
    ]


def test_the_list_is_newest_first_and_by_state(aurora: House, owner: Api) -> None:
    issued(aurora)
    pending, failed = (begun(owner, method="transfer")["reference"] for _ in range(2))
    row = Payment.objects.get(reference=failed)
    fail_payment(row, by=SYSTEM, failure="not-received")
    came = transfer(aurora, 500).reference

    def references(query: str) -> list[str]:
        results = owner.get(f"payments/{query}").json()["results"]
        return [each["reference"] for each in results]

    assert references("") == [came, failed, pending]
    assert references("?state=pending") == [pending]
    assert references("?state=failed") == [failed]
    assert references("?state=confirmed") == [came]
    assert references("?limit=1") == [came]
    assert owner.get("payments/?state=lost").status_code == 400


def test_as_many_queries_for_many_as_for_one(aurora: House, owner: Api) -> None:
    issued(aurora)
    begun(owner, method="transfer")
    transfer(aurora, 1)
    for _ in range(2):
        # The payments; their invoices, allocations, refunds; what gateways keep; the seller.
        assert statements(lambda: aurora.app.get("payments/")) == 6
        for _ in range(4):
            issued(aurora)
            begun(owner, method="transfer")
            transfer(aurora, 100)


def test_what_the_gateway_keeps_is_not_shown(aurora: House, owner: Api) -> None:
    issued(aurora)
    payment = begun(owner, method="card")
    Payment.objects.filter(pk=payment["id"]).update(details={"handle": "secret"})
    assert b"secret" not in owner.get("payments/").content
    assert b"secret" not in owner.get(f"payments/{payment['id']}/").content


def test_what_was_refunded_of_a_credited_invoice(aurora: House, owner: Api) -> None:
    """An invoice that was paid is credited, and the money goes back."""
    invoice = issued(aurora)
    payment = transfer(aurora, invoice.total_minor)
    credit_invoice(invoice, by=SYSTEM, reason="Not delivered")
    refund = begin_refund(payment, invoice.total_minor, by=SYSTEM, reason="Not delivered")
    confirm_refund(refund, by=SYSTEM)
    summary = owner.get("billing/").json()
    assert (summary["balance_minor"], summary["credit_minor"]) == (0, 0)
