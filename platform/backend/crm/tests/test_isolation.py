"""As the tenant role, in every verb, by every trick: another tenant's rows are not there."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from backend.common.tenancy import owner_scope, tenant_scope
from backend.common.tenancy_guard import OutsideTenantScope
from backend.crm.models import (
    Customer,
    CustomerErasure,
    CustomerImport,
    CustomerMerge,
    CustomerNote,
    CustomerTag,
    Tag,
)
from backend.crm.tests.conftest import make, rows, upload

MODELS = [
    Customer,
    CustomerErasure,
    CustomerImport,
    CustomerMerge,
    CustomerNote,
    CustomerTag,
    Tag,
]
FACTS = [CustomerErasure, CustomerImport, CustomerMerge]
DENIED = r"permission denied for table|violates row-level security|no row"


@pytest.fixture
def theirs(bluefin):
    """A customer of the other tenant with a row in each table."""
    customer = make(bluefin, "Chloe Smith", email="chloe@example.com", tags=["VIP"])
    path = f"crm/customers/{customer.id}/"
    bluefin.app.post(f"{path}notes/", {"body": "Window table"})
    duplicate = make(bluefin, "Chloe S.")
    bluefin.app.post(f"{path}merges/", {"duplicate_id": str(duplicate.id)})
    erased = make(bluefin, "Gone")
    bluefin.app.post(f"crm/customers/{erased.id}/erasure/", {})
    upload(bluefin.app, "name\nDave\n")
    return customer


@pytest.fixture
def unchanged(bluefin, theirs):
    before = [rows(bluefin, model) for model in MODELS]
    assert all(before)
    yield
    assert [rows(bluefin, model) for model in MODELS] == before


def execute(statement: str, *parameters: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"name": "Mine"}),
        ("DELETE", "", None),
        ("GET", "notes/", None),
        ("POST", "notes/", {"body": "Mine"}),
        ("POST", "merges/", {"duplicate_id": "OURS"}),
        ("POST", "erasure/", {}),
    ],
)
def test_another_tenants_id_is_unknown_in_every_verb(aurora, theirs, method, path, body):
    ours = make(aurora)
    if body and "duplicate_id" in body:
        body = {"duplicate_id": str(ours.id)}
    response = aurora.app(method, f"crm/customers/{theirs.id}/{path}", body, if_match="*")
    assert response.status_code == 404
    assert response.json()["code"] == "customer-not-found"
    assert b"Chloe" not in response.content
    assert [row["id"] for row in rows(aurora)] == [ours.id]


@pytest.mark.usefixtures("unchanged")
def test_their_customer_is_no_duplicate_of_ours(aurora, theirs):
    ours = make(aurora)
    path = f"crm/customers/{ours.id}/merges/"
    response = aurora.app.post(path, {"duplicate_id": str(theirs.id)})
    assert response.status_code == 404
    assert response.json()["code"] == "duplicate-not-found"


@pytest.mark.usefixtures("unchanged")
def test_their_merges_say_nothing_here(aurora, bluefin):
    [merge] = rows(bluefin, CustomerMerge)
    response = aurora.app.get(f"crm/customers/{merge['duplicate_id']}/")
    assert response.status_code == 404


@pytest.mark.usefixtures("unchanged")
def test_their_note_is_not_ours_to_delete(aurora, bluefin, theirs):
    [note] = rows(bluefin, CustomerNote)
    ours = make(aurora)
    for customer in (ours, theirs):
        path = f"crm/customers/{customer.id}/notes/{note['id']}/"
        assert aurora.app.delete(path).status_code == 404


@pytest.mark.usefixtures("unchanged")
def test_nothing_of_theirs_in_any_list(aurora):
    for path in (
        "crm/customers/",
        "crm/customers/?q=chloe",
        "crm/customers/?q=chloe@example.com",
        "crm/customers/?tag=VIP",
        "crm/customers/?updated_since=2000-01-01T00:00:00Z",
        "crm/tags/",
        "crm/imports/",
    ):
        assert aurora.app.get(path).json()["results"] == [], path
    assert aurora.app.get("reports/dashboard/").json()["customers_total"] == 0
    assert aurora.app.get("crm/exports/customers/").content.count(b"\n") == 1


@pytest.mark.usefixtures("unchanged")
def test_their_e_mail_address_is_not_matched_by_our_import(aurora):
    report = upload(aurora.app, "name,email\nMine,chloe@example.com\n").json()
    assert report["created"] == 1


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("model", MODELS)
def test_a_forgotten_filter_shows_and_changes_nothing(aurora, model):
    with tenant_scope(aurora.tenant.id):
        assert list(model.objects.values()) == []
        assert execute(f"SELECT * FROM {model._meta.db_table}") == 0


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("table", ["crm_customer", "crm_customertag", "crm_customernote"])
def test_raw_deletes_reach_nothing(aurora, table):
    with tenant_scope(aurora.tenant.id):
        assert execute(f"DELETE FROM {table}") == 0


@pytest.mark.usefixtures("unchanged")
def test_raw_updates_reach_nothing(aurora, theirs):
    with tenant_scope(aurora.tenant.id):
        assert execute("UPDATE crm_customer SET name = 'Mine'") == 0
        assert execute("UPDATE crm_customer SET name = 'Mine' WHERE id = %s", theirs.id) == 0


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("model", FACTS)
@pytest.mark.parametrize("statement", ["UPDATE {} SET by_name = 'Nobody'", "DELETE FROM {}"])
def test_facts_can_only_be_added(bluefin, model, statement):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        tenant_scope(bluefin.tenant.id),
    ):
        execute(statement.format(model._meta.db_table))


@pytest.mark.parametrize("column", ["id", "tenant_id", "created_at", "version"])
def test_what_members_never_change_is_not_theirs_to_change(aurora, column):
    make(aurora)
    before = rows(aurora)
    with (
        pytest.raises(DatabaseError, match="permission denied for table crm_customer"),
        tenant_scope(aurora.tenant.id),
    ):
        execute(f"UPDATE crm_customer SET {column} = {column}")
    assert rows(aurora) == before


@pytest.mark.usefixtures("unchanged")
def test_bulk_inserts_into_another_tenant_are_refused_whole(aurora, bluefin):
    mixed = [
        Customer(tenant_id=aurora.tenant.id, name="Ours"),
        Customer(tenant_id=bluefin.tenant.id, name="Theirs"),
    ]
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        tenant_scope(aurora.tenant.id),
    ):
        Customer.objects.bulk_create(mixed)
    assert rows(aurora) == []


@pytest.mark.usefixtures("unchanged")
def test_an_upsert_can_not_take_their_row_over(aurora, theirs):
    stolen = Customer(id=theirs.id, tenant_id=aurora.tenant.id, name="Mine")
    with pytest.raises(DatabaseError), tenant_scope(aurora.tenant.id):
        Customer.objects.bulk_create(
            [stolen], update_conflicts=True, unique_fields=["id"], update_fields=["name"]
        )
    assert rows(aurora) == []


@pytest.mark.usefixtures("unchanged")
def test_no_row_points_into_another_tenant(aurora, bluefin, theirs):
    ours = make(aurora, tags=["VIP"])
    [our_tag], [their_tag] = rows(aurora, Tag), rows(bluefin, Tag)
    member = bluefin.members["owner"].id
    tenant = {"tenant_id": aurora.tenant.id}
    for row in (
        CustomerTag(**tenant, customer_id=theirs.id, tag_id=our_tag["id"]),
        CustomerTag(**tenant, customer_id=ours.id, tag_id=their_tag["id"]),
        CustomerNote(**tenant, customer_id=theirs.id, author_name="x", body="x"),
        CustomerNote(**tenant, customer_id=ours.id, author_id=member, author_name="x", body="x"),
        CustomerErasure(**tenant, customer_id=theirs.id, by_name="x"),
        CustomerMerge(
            **tenant, duplicate_id=uuid4(), survivor_id=ours.id, by_id=member, by_name="x"
        ),
    ):
        with pytest.raises(IntegrityError, match="same_tenant"), tenant_scope(aurora.tenant.id):
            row.save(force_insert=True)
        # Not even the tables' owner can.
        with (
            pytest.raises(IntegrityError, match="same_tenant"),
            owner_scope(),
            transaction.atomic(),
        ):
            row.save(force_insert=True)


@pytest.mark.usefixtures("unchanged")
def test_the_search_follows_the_scope(aurora, bluefin):
    ask = "SELECT count(*) FROM crm_search('chloe', NULL, NULL, NULL, false, 100)"
    for house, expected in ((aurora, 0), (bluefin, 1)):
        with tenant_scope(house.tenant.id), connection.cursor() as cursor:
            cursor.execute(ask)
            assert cursor.fetchone() == (expected,)


def test_a_query_outside_any_scope_is_an_error_on_the_apis_path(aurora, monkeypatch):
    from backend.crm.api.tags import Tags

    monkeypatch.setattr(Tags, "tenant_required", False)
    with pytest.raises(OutsideTenantScope):
        aurora.app.get("crm/tags/")
