"""Customers that feel real, for development: made up, and always the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from backend.common.actor import Actor
from backend.common.tenancy import owner_scope, tenant_scope
from backend.crm import csv_files
from backend.crm.demo.guests import Guest, guests
from backend.crm.demo.words import AURORA, BLUEFIN, Words
from backend.crm.models import Customer, CustomerNote, CustomerTag, Tag
from backend.crm.workflows.erase_customer import erase_customer
from backend.crm.workflows.import_customers import import_customers
from backend.tenants.models import Member, Tenant

WORDS: Final = {"aurora": AURORA, "bluefin": BLUEFIN}
# The file was read in the day before yesterday.
SINCE_IMPORT: Final = timedelta(days=2, hours=3)


@transaction.atomic
def load(tenant: Tenant, say: Callable[[str], object], *, now: datetime | None = None) -> None:
    """Gives a demo tenant its customers, if it has none: whoever was deleted stays away."""
    words = WORDS.get(tenant.slug)
    with owner_scope():
        if words is None or Customer.objects.for_tenant(tenant.id).exists():
            return
        authors = [
            Actor("person", member.person.name, member.person_id, member.pk)
            for member in Member.objects.filter(tenant=tenant, revoked_at=None)
            .exclude(role="accountant")
            .order_by("role", "person__email")
            .select_related("person")
        ] or [Actor.system()]
    now = now or timezone.now()
    people = guests(words, now=now, seed=tenant.slug)
    with tenant_scope(tenant.id):
        _write(tenant.id, people, authors, Random(tenant.slug))  # noqa: S311
        _import(tenant.id, words, by=authors[0], at=now - SINCE_IMPORT)
        # One who has asked to be forgotten.
        oldest = Customer.objects.for_tenant(tenant.id).order_by("created_at", "pk")[0]
        erase_customer(tenant.id, oldest.pk, by=authors[0], reason="Asked for it by email")
    say(f"  {len(people)} customers of {tenant}")


def _write(
    tenant_id: UUID, people: Sequence[Guest], authors: Sequence[Actor], random: Random
) -> None:
    customers = [
        Customer(
            tenant_id=tenant_id,
            name=guest.name,
            email=guest.email,
            phone=guest.phone,
            company=guest.company,
            language=guest.language,
            birthday=guest.birthday,
            address=guest.address,
        )
        for guest in people
    ]
    written = list(zip(customers, people, strict=True))
    Customer.objects.bulk_create(customers)
    tags = {
        tag.name: tag
        for tag in Tag.named(tenant_id, sorted({tag for guest in people for tag in guest.tags}))
    }
    CustomerTag.objects.bulk_create(
        CustomerTag(tenant_id=tenant_id, customer_id=customer.pk, tag_id=tags[tag].pk)
        for customer, guest in written
        for tag in guest.tags
    )
    notes = []
    moments = []
    for customer, guest in written:
        for moment, body in guest.notes:
            author = random.choice(authors)
            notes.append(
                CustomerNote(
                    tenant_id=tenant_id,
                    customer_id=customer.pk,
                    author_id=author.member_id,
                    author_name=author.name,
                    body=body,
                )
            )
            moments.append(moment)
    CustomerNote.objects.bulk_create(notes)
    _date(
        "crm_customer",
        [customer.pk for customer in customers],
        [guest.created_at for guest in people],
        [guest.updated_at for guest in people],
    )
    _date("crm_customernote", [note.pk for note in notes], moments, moments)


def _import(tenant_id: UUID, words: Words, *, by: Actor, at: datetime) -> None:
    """A file with a row or two that could not be read, for somebody to look at."""
    sheet = csv_files.read(words.file.encode())
    report = import_customers(tenant_id, sheet, filename=words.file_name, by=by)
    added = [UUID(row["customer_id"]) for row in report.report if row["customer_id"]]
    _date("crm_customerimport", [report.pk], [at], [at])
    _date("crm_customer", added, [at] * len(added), [at] * len(added))


def _date(
    table: str, ids: Sequence[UUID], created: Sequence[datetime], updated: Sequence[datetime]
) -> None:
    """Moves rows into the past, which only the tables' owner can."""
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS t SET created_at = v.created, updated_at = v.updated "  # noqa: S608 - ours
            "FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[]) "
            "AS v (id, created, updated) WHERE t.id = v.id",
            [list(ids), list(created), list(updated)],
        )
