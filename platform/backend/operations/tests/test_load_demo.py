"""The demo data: complete, and never in the way of what somebody did with it."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import transaction

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.crm.models import Customer, CustomerNote, CustomerTag
from backend.operations.demo import PASSWORD
from backend.tenants.models import (
    Invitation,
    Member,
    Role,
    TaxRate,
    Tenant,
    TenantTransition,
)

pytestmark = pytest.mark.django_db
MODELS = (
    Tenant, TaxRate, Member, Invitation, Person, EmailAddress, Customer, CustomerNote,
    CustomerTag,
)  # fmt: skip


def load(*arguments: str) -> str:
    out = StringIO()
    call_command("load_demo", "--even-in-production", *arguments, stdout=out)
    return out.getvalue()


def contents() -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


def test_it_makes_two_businesses_and_their_people() -> None:
    load()

    assert set(
        Tenant.objects.values_list("slug", "name", "country", "currency", "time_zone", "state")
    ) == {
        ("aurora", "Trattoria Aurora", "IT", "EUR", "Europe/Rome", "active"),
        ("bluefin", "Blue Fin Sushi", "GB", "GBP", "Europe/London", "active"),
    }
    assert set(Member.objects.values_list("tenant__slug", "person__email", "role")) == {
        ("aurora", "owner@aurora.test", "owner"),
        ("aurora", "manager@aurora.test", "manager"),
        ("aurora", "accountant@aurora.test", "accountant"),
        ("aurora", "waiter@aurora.test", "waiter"),
        ("bluefin", "owner@bluefin.test", "owner"),
        ("bluefin", "manager@bluefin.test", "manager"),
        ("bluefin", "waiter@bluefin.test", "waiter"),
        ("bluefin", "owner@aurora.test", "manager"),
    }


def test_each_business_was_set_up_by_its_owner() -> None:
    load()

    rates = TaxRate.objects.values_list("tenant__slug", "name", "percent").order_by(
        "tenant__slug", "position"
    )
    assert [(slug, name, str(percent)) for slug, name, percent in rates] == [
        ("aurora", "Standard", "22.00"),
        ("aurora", "Meals and drinks", "10.00"),
        ("aurora", "Basic food", "4.00"),
        ("bluefin", "Standard", "20.00"),
        ("bluefin", "Reduced", "5.00"),
        ("bluefin", "Zero rate", "0.00"),
    ]
    changes = TenantTransition.objects.values_list("tenant__slug", "to_state", "changed_by")
    assert set(changes) == {
        ("aurora", "provisioning", "Giulia Ferri"),
        ("aurora", "active", "Tavola"),
        ("bluefin", "provisioning", "Hana Mori"),
        ("bluefin", "active", "Tavola"),
    }


def test_everybody_can_sign_in() -> None:
    load()

    people = Person.objects.all()
    assert all(person.check_password(PASSWORD) for person in people)
    verified = EmailAddress.objects.filter(verified=True, primary=True)
    assert sorted(verified.values_list("email", flat=True)) == sorted(
        person.email for person in people
    )
    assert [person.email for person in people if person.is_superuser] == ["staff@tavola.test"]
    assert [person.email for person in people if person.is_staff] == ["staff@tavola.test"]


def test_a_second_time_changes_nothing() -> None:
    load()
    before = contents()

    said = load()

    assert contents() == before
    assert said == "Everything is there already.\n"


def test_each_business_has_a_few_hundred_customers() -> None:
    load()

    counts = Counter(Customer.objects.values_list("tenant__slug", flat=True))
    assert set(counts) == {"aurora", "bluefin"}
    assert all(200 <= count <= 500 for count in counts.values())


def test_it_is_the_same_everywhere() -> None:
    def customers() -> list[Any]:
        with transaction.atomic():
            load()
            found = list(
                Customer.objects.order_by("tenant__slug", "created_at", "name").values_list(
                    "tenant__slug", "name", "email", "phone", "birthday", "company"
                )
            )
            transaction.set_rollback(True)
        return found

    assert customers() == customers()
    assert not Customer.objects.exists()


def test_what_somebody_changed_stays() -> None:
    load()
    Tenant.objects.filter(slug="aurora").update(name="Osteria Aurora")
    waiter = Member.objects.get(person__email="waiter@aurora.test")
    waiter.revoke(by=Actor.system())
    owner = Person.objects.get(email="owner@bluefin.test")
    owner.set_password("something else entirely")
    owner.save()
    manager = Member.objects.get(person__email="manager@aurora.test")
    manager.change_role(Role.OWNER, by=Actor.system())
    before = contents()

    load()

    assert contents() == before


def test_it_is_kept_out_of_production() -> None:
    with pytest.raises(CommandError, match="--even-in-production"):
        call_command("load_demo")

    assert not Tenant.objects.exists()
    assert not Person.objects.exists()
