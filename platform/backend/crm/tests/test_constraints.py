"""What the database refuses whoever asks: even the tables' owner, past every check in code."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from backend.common.tenancy import tenant_scope
from backend.crm.models import Customer, CustomerErasure, CustomerMerge, CustomerNote, Tag
from backend.crm.tests.conftest import make, rows


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": " \t"},
        {"name": "a\nb"},
        {"name": "x" * 201},
        {"email": "nobody"},
        {"email": "A@example.com"},
        {"email": "a b@example.com"},
        {"email": "a@b@c"},
        {"phone": "1\r2"},
        {"phone": "1" * 41},
        {"company": "\x1b[0m"},
        {"language": "German"},
        {"address": "a\tb"},
        {"address": "x" * 501},
        {"birthday": date(1899, 12, 31)},
        {"birthday": date(2100, 1, 1)},
        {"erased_at": timezone.now()},
    ],
)
def test_customers(aurora, values):
    with pytest.raises(DatabaseError):
        make(aurora, **{"name": "Anna", **values})
    assert rows(aurora) == []


@pytest.mark.parametrize("name", ["", "  ", "a|b", "a\nb", "x" * 41])
def test_tags(aurora, name):
    with pytest.raises(DatabaseError), tenant_scope(aurora.tenant.id):
        Tag(tenant_id=aurora.tenant.id, name=name).save()
    assert rows(aurora, Tag) == []


def test_a_tag_is_there_once_however_it_is_spelt(aurora, bluefin):
    make(aurora, tags=["Café"])
    with pytest.raises(IntegrityError, match="crm_tag_once"), tenant_scope(aurora.tenant.id):
        Tag(tenant_id=aurora.tenant.id, name="CAFE").save()
    make(bluefin, tags=["CAFE"])
    assert len(rows(bluefin, Tag)) == 1


@pytest.mark.parametrize("body", ["", "\n", "x" * 5001])
def test_notes(aurora, body):
    customer = make(aurora)
    with pytest.raises(IntegrityError), tenant_scope(aurora.tenant.id):
        CustomerNote(
            tenant_id=aurora.tenant.id, customer_id=customer.id, author_name="x", body=body
        ).save()
    assert rows(aurora, CustomerNote) == []


def test_an_erased_customer_can_be_neither_changed_nor_deleted(aurora):
    customer = make(aurora)
    aurora.app.post(f"crm/customers/{customer.id}/erasure/", {})
    before = rows(aurora)
    for attempt in (
        lambda found: found.update(name="Back"),
        lambda found: found.update(erased_at=None),
        lambda found: found.delete(),
    ):
        with pytest.raises(IntegrityError), tenant_scope(aurora.tenant.id):
            attempt(Customer.objects.filter(pk=customer.pk))
    assert rows(aurora) == before


def test_one_erasure_and_one_merge_each(aurora):
    customer, duplicate, other = make(aurora), make(aurora), make(aurora)
    aurora.app.post(f"crm/customers/{customer.id}/erasure/", {})
    aurora.app.post(f"crm/customers/{other.id}/merges/", {"duplicate_id": str(duplicate.id)})
    fact = {"tenant_id": aurora.tenant.id, "by_name": "x"}
    for name, again in {
        "crm_erasure_once": CustomerErasure(**fact, customer_id=customer.id),
        "crm_merge_once": CustomerMerge(**fact, duplicate_id=duplicate.id, survivor_id=customer.id),
        "crm_merge_of_two": CustomerMerge(**fact, duplicate_id=other.id, survivor_id=other.id),
    }.items():
        with pytest.raises(IntegrityError, match=name), tenant_scope(aurora.tenant.id):
            again.save()


@pytest.mark.parametrize(
    "change",
    [
        lambda customer: Customer.objects.filter(pk=customer.pk).update(phone="1"),
        lambda customer: customer.set_tags(["VIP", "New"]),
        lambda customer: customer.set_tags([]),
        lambda customer: Customer.objects.filter(pk=customer.pk).update(updated_at=timezone.now()),
    ],
)
def test_every_change_counts(aurora, change):
    customer, other = make(aurora, tags=["VIP"]), make(aurora, tags=["VIP"])
    before = {row["id"]: row for row in rows(aurora)}
    with tenant_scope(aurora.tenant.id), transaction.atomic():
        change(customer)
    after = {row["id"]: row for row in rows(aurora)}
    assert after[customer.id]["version"] > before[customer.id]["version"]
    assert after[customer.id]["updated_at"] > before[customer.id]["updated_at"]
    assert after[other.id] == before[other.id]
