"""Another tenant's money is not there, in any verb; and nobody writes their own books."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection

from backend.billing.errors import InvoiceNotFound, NothingDue, PaymentNotFound
from backend.billing.gateways.sandbox import Card
from backend.billing.models import (
    Account,
    CreditNote,
    Document,
    Entry,
    Invoice,
    InvoiceLine,
    OverdueSuspension,
    Payment,
    PaymentTarget,
    Refund,
    Reminder,
    Seller,
)
from backend.billing.tests.cast import SYSTEM, draft, issued, line, transfer
from backend.billing.tests.world import books, card
from backend.billing.workflows.begin_payment import begin_payment, pay_by_card
from backend.billing.workflows.credit_invoice import credit_invoice
from backend.billing.workflows.refund_payment import begin_refund, confirm_refund
from backend.billing.workflows.take_payment import announce_payment
from backend.common.caller import TenantRef
from backend.common.models import TenantOwned
from backend.common.tenancy import owner_scope, tenant_scope
from backend.conftest import Api, House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]
MODELS = list(apps.get_app_config("billing").get_models())
OWNED = [model for model in MODELS if issubclass(model, TenantOwned)]
GLOBAL = [model for model in MODELS if not issubclass(model, TenantOwned)]


@pytest.fixture(autouse=True)
def _everything_is_offered(settings: Any) -> None:
    settings.SANDBOX_PAYMENTS = True
    settings.LOCAL_FILES = True


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


def furnish(house: House) -> dict[str, Any]:
    """Something in every table of billing; the ids of what addresses name."""
    invoice = issued(house, line(10000, description="Marble counter"))
    due = issued(house)
    payment = transfer(house, 13000)
    note = credit_invoice(invoice, by=SYSTEM, reason="Not delivered")
    waits = announce_payment(house.tenant.pk, [due], "card", by=SYSTEM)
    transfer(house, 20000)
    refund = begin_refund(payment, 10, by=SYSTEM, reason="Too much")
    confirm_refund(refund, by=SYSTEM)
    of = {"tenant": house.tenant}
    Reminder.objects.create(invoice=invoice, level=1, **of)
    OverdueSuspension.objects.create(reason="Owes", **of)
    for about in ({"invoice": invoice}, {"credit_note": note}):
        Document.objects.create(name="x.pdf", size=1, sha256="0" * 64, **about, **of)
    ids = {"invoice": invoice, "draft": draft(house), "note": note, "payment": waits}
    return {name: row.pk for name, row in ids.items()} | {"due": due.pk}


@pytest.fixture
def theirs(bluefin: House, seller: Seller) -> dict[str, Any]:
    return furnish(bluefin)


@pytest.fixture
def unchanged(bluefin: House, theirs: dict[str, Any]) -> Iterator[None]:
    before = books(bluefin)
    assert all(before.values())
    yield
    assert books(bluefin) == before


def tenant_ref(house: House) -> TenantRef:
    names = [each.name for each in fields(TenantRef)]
    return TenantRef(**{name: getattr(house.tenant, name) for name in names})


def execute(statement: str, *parameters: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def test_the_cast_has_something_of_everything(bluefin: House, theirs: dict[str, Any]) -> None:
    with owner_scope():
        empty = [
            model.__name__
            for model in OWNED
            if not model._default_manager.filter(tenant=bluefin.tenant).exists()
        ]
    assert empty == []


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("of", ["bluefin", "aurora"])
@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "invoices/{invoice}/", None, "invoice-not-found"),
        ("POST", "invoices/{invoice}/link/", {}, "invoice-not-found"),
        ("GET", "credit-notes/{note}/", None, "credit-note-not-found"),
        ("POST", "credit-notes/{note}/link/", {}, "credit-note-not-found"),
        ("GET", "payments/{payment}/", None, "payment-not-found"),
        ("POST", "payments/{payment}/card/", card(), "payment-not-found"),
        ("POST", "payments/", {"method": "card", "invoices": ["{due}"]}, "invoice-not-found"),
    ],
)
def test_another_tenants_id_is_unknown_in_every_verb(
    aurora: House,
    visit: Callable[..., Api],
    theirs: dict[str, Any],
    of: str,
    method: str,
    path: str,
    body: Any,
    code: str,
) -> None:
    """For who has nothing of the kind, and for who has."""
    if of == "aurora":
        furnish(aurora)
    before = books(aurora)
    api = visit(aurora.person("owner"), aurora.tenant)
    if body and "invoices" in body:
        body = body | {"invoices": [str(theirs["due"])]}
    response = api(method, path.format_map(theirs), body)
    assert (response.status_code, response.json()["code"]) == (404, code)
    assert b"Blue" not in response.content
    assert books(aurora) == before


@pytest.mark.usefixtures("unchanged")
def test_workflows_ask_for_the_tenant_too(aurora: House, theirs: dict[str, Any]) -> None:
    """They run as the owner, whom row-level security doesn't stop."""
    tenant = tenant_ref(aurora)
    with pytest.raises(PaymentNotFound), owner_scope():
        pay_by_card(tenant.id, theirs["payment"], Card.ACCEPTED)
    with pytest.raises(InvoiceNotFound), owner_scope():
        begin_payment(tenant, "transfer", [theirs["due"]], by=SYSTEM)
    with pytest.raises(NothingDue), owner_scope():
        begin_payment(tenant, "transfer", None, by=SYSTEM)


@pytest.mark.usefixtures("unchanged")
def test_nothing_of_theirs_is_listed_or_summed(owner: Api) -> None:
    for path in (
        "invoices/",
        "invoices/?q=marble",
        "invoices/?state=open",
        "credit-notes/",
        "payments/",
        "statement/",
    ):
        assert owner.get(path).json()["results"] == [], path
    assert owner.get("statement/").json()["balance_minor"] == 0
    summary = owner.get("billing/").json()
    assert (summary["balance_minor"], summary["open_invoices"]) == (0, 0)


@pytest.mark.usefixtures("unchanged")
def test_a_cursor_of_theirs_leads_nowhere(
    bluefin: House, aurora: House, owner: Api, visit: Callable[..., Api]
) -> None:
    furnish(aurora)
    them = visit(bluefin.person("owner"), bluefin.tenant)
    for path in ("invoices/", "payments/", "statement/"):
        cursor = them.get(f"{path}?limit=1").json()["next_cursor"]
        assert b"Blue" not in owner.get(f"{path}?cursor={cursor}").content


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_a_forgotten_filter_shows_nothing(aurora: House, model: Any) -> None:
    with tenant_scope(aurora.tenant.id):
        assert execute(f"SELECT id FROM {model._meta.db_table}") == 0


@pytest.mark.usefixtures("unchanged")
def test_search_is_the_tenants_own_whatever_is_asked(aurora: House, bluefin: House) -> None:
    for query in ("", "marble", "2026", "%", "' OR true --"):
        with tenant_scope(aurora.tenant.id):
            assert execute("SELECT * FROM billing_search(%s)", query) == 0
    with tenant_scope(bluefin.tenant.id):
        assert execute("SELECT * FROM billing_search(%s)", "marble") == 1
        # One that is issued; the draft with the same line isn't found.
        assert execute("SELECT * FROM billing_search(%s)", "set-up") == 1


def test_a_function_runs_for_no_other_role(aurora: House) -> None:
    """Nor without a tenant: then there is nothing to search."""
    issued(aurora)
    assert execute("SELECT * FROM billing_search(%s)", "") == 0
    for function in ("billing_search(text)", "billing_seller_day(timestamptz)"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_function_privilege('public', %s, 'EXECUTE')", [function])
            assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO {} SELECT * FROM {}",
        "UPDATE {} SET tenant_id = tenant_id",
        "DELETE FROM {}",
        "TRUNCATE {}",
    ],
)
def test_nobody_writes_their_own_books(aurora: House, model: Any, statement: str) -> None:
    """By privilege, in every table: not what is said, who says it."""
    furnish(aurora)
    before = books(aurora)
    table = model._meta.db_table
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        tenant_scope(aurora.tenant.id),
    ):
        execute(statement.format(table, table))
    assert books(aurora) == before


@pytest.mark.parametrize("model", GLOBAL, ids=lambda model: model.__name__)
@pytest.mark.parametrize("statement", ["SELECT * FROM {}", "DELETE FROM {}"])
def test_what_belongs_to_the_operator_is_not_seen(
    aurora: House, model: Any, statement: str
) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        tenant_scope(aurora.tenant.id),
    ):
        execute(statement.format(model._meta.db_table))


def test_what_a_gateway_keeps_is_not_seen(aurora: House) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        tenant_scope(aurora.tenant.id),
    ):
        execute("SELECT details FROM billing_payment")


@pytest.mark.parametrize(
    ("model", "column", "other"),
    [
        (InvoiceLine, "invoice_id", "invoice"),
        (PaymentTarget, "payment_id", "payment"),
        (Refund, "payment_id", "payment"),
        (Entry, "invoice_id", "invoice"),
    ],
)
def test_not_even_the_owner_points_into_another_tenant(
    aurora: House, theirs: dict[str, Any], model: Any, column: str, other: str
) -> None:
    furnish(aurora)
    table = model._meta.db_table
    with pytest.raises(DatabaseError), owner_scope():
        execute(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object("
            f"'id', gen_random_uuid(), '{column}', %s::uuid))).* FROM {table} AS t"
            " WHERE tenant_id = %s LIMIT 1",
            theirs[other],
            aurora.tenant.pk,
        )


def test_the_balance_is_of_one_tenant(
    aurora: House, bluefin: House, theirs: dict[str, Any], owner: Api
) -> None:
    furnish(aurora)
    mine = owner.get("statement/").json()
    assert mine["currency"] == "EUR"
    with owner_scope():
        assert mine["balance_minor"] == Entry.objects.filter(tenant=aurora.tenant).balance()
        assert Account.objects.count() == 2
        assert Payment.objects.filter(tenant=bluefin.tenant).count() == 3
        assert CreditNote.objects.filter(tenant=aurora.tenant).count() == 1
        assert Invoice.objects.filter(tenant=aurora.tenant).count() == 3
