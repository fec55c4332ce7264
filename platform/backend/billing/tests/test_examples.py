"""What the portal's client and its fake read must be what this side answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import stripe
import time_machine
from django.utils import timezone

from backend.billing.models import Document, Invoice, Payment, Reminder
from backend.billing.tests.cast import SYSTEM, issued, line, transfer
from backend.billing.tests.fake_stripe import FakeStripe, serving
from backend.billing.tests.world import card
from backend.billing.workflows.credit_invoice import credit_invoice, void_invoice
from backend.billing.workflows.refund_payment import begin_refund, confirm_refund
from backend.billing.workflows.take_payment import confirm_payment, fail_payment
from backend.common import files
from backend.common.tests import examples
from backend.common.tests.stores import local_store
from backend.conftest import Api, House

__all__ = ["local_store"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]
OURS = examples.names("billing", "invoice", "credit-note", "payment", "statement")
EXACT = examples.EXACT | {
    "can", "kind", "method", "methods", "state", "failure", "tax_category", "is_overdue", "unit",
    "has_document", "verb", "level",
}  # fmt: skip


class Scene:
    """Gets the house to where an example begins."""

    def __init__(self, house: House, api: Api, fake: FakeStripe, settings: Any) -> None:
        self.house, self.api, self.fake, self.settings = house, api, fake, settings
        self.id: Any = uuid4()
        self.query = ""
        self.invoices: list[Invoice] = []

    def vat_id(self) -> None:
        self.house.tenant.vat_id = "IT00743110157"
        self.house.tenant.save()

    def at_home(self) -> None:
        tenant = self.house.tenant
        tenant.country, tenant.vat_id, tenant.language = "AT", "ATU13585627", "de"
        tenant.save()

    def overdue(self) -> None:
        """One that was due 20 days ago, reminded of twice, in part paid by credit and credited."""
        with time_machine.travel(timezone.now() - timedelta(days=34), tick=True):
            transfer(self.house, 1100)
            invoice = issued(self.house, *self.period(), line(300, 3))
        [_, second] = invoice.lines.order_by("position")
        credit_invoice(invoice, by=SYSTEM, reason="Less", net_minor={second.pk: 900})
        for level in (1, 2):
            Reminder.objects.create(tenant=self.house.tenant, invoice=invoice, level=level)
        self.remember(invoice)

    def period(self) -> list[Any]:
        """A line with its days, as a renewal has it."""
        today = timezone.now().date()
        made = line(4900)
        made.unit, made.period_start, made.period_end = "MON", today, today + timedelta(days=30)
        return [made]

    def fresh(self) -> None:
        self.remember(issued(self.house, *self.period()))

    def mixed(self) -> None:
        training, back = line(2400, "1.5"), line(1400, -1)
        training.unit = "HUR"
        self.remember(issued(self.house, *self.period(), training, back))

    def void(self) -> None:
        invoice = issued(self.house)
        void_invoice(invoice, by=SYSTEM, reason="The wrong plan")
        self.remember(invoice)

    def paid(self) -> None:
        """One that was paid by a transfer that was announced, and came as too much."""
        self.fresh()
        shown = self.begin("transfer", invoices=[str(self.invoices[-1].pk)])
        payment = Payment.objects.get(pk=shown)
        confirm_payment(payment, by=SYSTEM, gateway_reference=f"E {shown}", amount_minor=6000)
        self.id = self.invoices[-1].pk

    def only_paid(self) -> None:
        self.paid()
        self.id = Payment.objects.get().pk

    def refunded(self) -> None:
        self.only_paid()
        payment = Payment.objects.get()
        confirm_refund(begin_refund(payment, 500, by=SYSTEM, reason="Too much"), by=SYSTEM)
        begin_refund(payment, 600, by=SYSTEM, reason="The rest")

    def sent_back(self) -> None:
        self.paid()
        payment = Payment.objects.get()
        confirm_refund(begin_refund(payment, 500, by=SYSTEM, reason="Too much"), by=SYSTEM)

    def documents(self) -> None:
        for about in (
            *({"invoice": invoice} for invoice in self.invoices),
            *({"credit_note": note} for each in self.invoices for note in each.credit_notes.all()),
        ):
            files.put("a.pdf", BytesIO(b"%PDF"))
            Document.objects.create(
                tenant=self.house.tenant, name="a.pdf", size=4, sha256="0" * 64, **about
            )

    def its_credit_note(self) -> None:
        self.id = self.invoices[-1].credit_notes.get().pk

    def transfer(self) -> None:
        self.id = self.begin("transfer")

    def by_card(self) -> None:
        self.id = self.begin("card")

    def accepted(self) -> None:
        self.use("accepted")

    def declined(self) -> None:
        self.by_card()
        self.use("declined")

    def late(self) -> None:
        self.use("late")

    def failed(self) -> None:
        payment = Payment.objects.get(pk=self.begin("card"))
        fail_payment(payment, by=SYSTEM, failure="card-declined")

    def only_overdue(self) -> None:
        self.query = "?state=overdue"

    def stripe_is_away(self) -> None:
        self.fake.answers = [None, None]

    def no_stripe(self) -> None:
        self.settings.STRIPE_SECRET_KEY = ""

    def no_sandbox(self) -> None:
        self.settings.SANDBOX_PAYMENTS = False

    def begin(self, method: str, **given: Any) -> Any:
        response = self.api.post("payments/", {"method": method, **given})
        assert response.status_code == 201, response.content
        return response.json()["id"]

    def use(self, name: str) -> None:
        assert self.api.post(f"payments/{self.id}/card/", card(name)).status_code == 200

    def remember(self, invoice: Invoice) -> None:
        invoice.refresh_from_db()
        self.invoices.append(invoice)
        self.id = invoice.pk


S = Scene
HOUSE: list[Callable[[Scene], None]] = [S.vat_id, S.void, S.paid, S.overdue, S.fresh]
DUE: list[Callable[[Scene], None]] = [S.vat_id, S.overdue, S.fresh]
SCENES: dict[str, list[Callable[[Scene], None]]] = {
    "billing-retrieve": DUE,
    "billing-retrieve-credit": [S.vat_id, S.paid, S.no_stripe],
    "billing-retrieve-nothing": [S.no_stripe, S.no_sandbox],
    "credit-note-link": [S.vat_id, S.overdue, S.documents, S.its_credit_note],
    "credit-note-link-not-ready": [S.vat_id, S.overdue, S.its_credit_note],
    "credit-note-not-found": [],
    "credit-note-retrieve": [S.vat_id, S.overdue, S.documents, S.its_credit_note],
    "credit-notes-list": [S.vat_id, S.void, S.overdue],
    "credit-notes-list-empty": [],
    "invoice-link": [S.vat_id, S.fresh, S.documents],
    "invoice-link-not-ready": [S.vat_id, S.fresh],
    "invoice-not-found": [],
    "invoice-retrieve": [S.vat_id, S.overdue, S.documents],
    "invoice-retrieve-german": [S.at_home, S.mixed],
    "invoice-retrieve-paid": [S.vat_id, S.paid, S.documents],
    "invoices-list": HOUSE,
    "invoices-list-empty": [],
    "invoices-list-overdue": [*HOUSE, S.only_overdue],
    "payment-card": [*DUE, S.by_card],
    "payment-card-declined": [*DUE, S.by_card],
    "payment-card-invalid": [*DUE, S.by_card],
    "payment-card-late": [*DUE, S.by_card],
    "payment-card-settled": [*DUE, S.by_card, S.accepted],
    "payment-card-twice": [*DUE, S.by_card],
    "payment-create": DUE,
    "payment-create-card": DUE,
    "payment-create-invalid": DUE,
    "payment-create-not-offered": [*DUE, S.no_stripe],
    "payment-create-nothing-due": [],
    "payment-create-stripe": DUE,
    "payment-create-unreachable": [*DUE, S.stripe_is_away],
    "payment-not-found": [],
    "payment-retrieve": [*DUE, S.by_card, S.accepted],
    "payment-retrieve-failed": [*DUE, S.declined],
    "payment-retrieve-refunded": [S.vat_id, S.refunded],
    "payment-retrieve-transfer": [*DUE, S.transfer],
    "payment-retrieve-waiting": [*DUE, S.by_card, S.late],
    "payments-list": [S.vat_id, S.paid, S.fresh, S.failed, S.transfer],
    "payments-list-empty": [],
    "statement-retrieve": HOUSE,
    "statement-retrieve-empty": [],
    "statement-retrieve-refund": [S.vat_id, S.sent_back],
}


def test_every_example_is_played() -> None:
    assert sorted(SCENES) == OURS


@pytest.fixture
def fake(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    settings.SANDBOX_PAYMENTS = True
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    fake = FakeStripe()
    with serving(fake) as address:
        monkeypatch.setattr(stripe, "api_base", address)
        yield fake


@pytest.mark.parametrize("name", OURS)
def test_the_answer_is_like_the_example(
    aurora: House,
    visit: Callable[..., Api],
    fake: FakeStripe,
    settings: Any,
    local_store: Path,
    name: str,
) -> None:
    owner = visit(aurora.person("owner"), aurora.tenant)
    scene = Scene(aurora, owner, fake, settings)
    for prepare in SCENES[name]:
        prepare(scene)
    example = examples.read(name)
    method, path = example["operation"].split()
    body = example.get("request")
    if body and "invoices" in body:
        body = body | {"invoices": [str(invoice.pk) for invoice in scene.invoices]}

    response = owner(method, path.format(id=scene.id) + scene.query, body)

    assert examples.held_against(example, response, EXACT) == []


def test_the_figures_of_the_examples_add_up() -> None:
    """The portal's pages are built with them: what stands there must not be nonsense."""
    invoices = {row["id"]: row for row in examples.read("invoices-list")["response"]["results"]}
    due = sum(row["due_minor"] for row in invoices.values())
    summary = examples.read("billing-retrieve")["response"]
    statement = examples.read("statement-retrieve")["response"]
    assert due == summary["due_minor"] == summary["balance_minor"] == statement["balance_minor"]
    assert due == examples.read("payment-create")["response"]["amount_minor"]
    balance = 0
    for row in reversed(statement["results"]):
        balance += row["amount_minor"]
        assert row["balance_minor"] == balance
    for name in examples.names("invoice-retrieve"):
        shown = examples.read(name)["response"]
        assert shown["net_minor"] == sum(line["net_minor"] for line in shown["lines"])
        assert shown["tax_minor"] == sum(rate["tax_minor"] for rate in shown["taxes"])
        assert shown["allocated_minor"] == sum(
            each["amount_minor"] for each in shown["allocations"]
        )
        if shown["state"] == "open":
            assert shown["due_minor"] == shown["total_minor"] - shown["allocated_minor"]
        listed = invoices.get(shown["id"])
        assert listed is None or listed == {member: shown[member] for member in listed}
