"""The two businesses and the people that a development installation starts with.

Everything is found by its natural key and made only where it is missing: what somebody has changed
since, or ended, stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from django.db import transaction

from backend.accounts.models import Person
from backend.billing import demo as billing
from backend.client_apps import demo as client_apps
from backend.common.actor import Actor
from backend.crm import demo as customers
from backend.database_configs import demo as databases
from backend.services import demo as plans
from backend.tenants import demo_people
from backend.tenants.models import Member, Role, Tenant
from backend.tenants.workflows.set_up_tenant import provision_now
from backend.tickets import demo as tickets

PASSWORD: Final = "tavola-demo"


@dataclass(frozen=True)
class DemoPerson:
    email: str
    name: str
    language: str = "en"
    is_staff: bool = False


@dataclass(frozen=True)
class DemoTenant:
    slug: str
    name: str
    country: str
    currency: str
    time_zone: str
    language: str
    legal_name: str
    street: str
    postcode: str
    city: str
    vat_id: str
    members: tuple[tuple[DemoPerson, Role], ...]


STAFF: Final = DemoPerson("staff@tavola.test", "Sam Taylor", is_staff=True)
GIULIA: Final = DemoPerson("owner@aurora.test", "Giulia Ferri")
TENANTS: Final = (
    DemoTenant(
        slug="aurora",
        name="Trattoria Aurora",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        language="en",
        legal_name="Aurora Ristorazione S.r.l.",
        street="Via della Lungara 12",
        postcode="00165",
        city="Roma",
        vat_id="IT12345670587",
        members=(
            (GIULIA, Role.OWNER),
            (DemoPerson("manager@aurora.test", "Marco Conti"), Role.MANAGER),
            # From Bolzano: somebody must show that the portal speaks German.
            (DemoPerson("accountant@aurora.test", "Lena Gruber", "de"), Role.ACCOUNTANT),
            (DemoPerson("waiter@aurora.test", "Luca Bianchi"), Role.WAITER),
        ),
    ),
    DemoTenant(
        slug="bluefin",
        name="Blue Fin Sushi",
        country="GB",
        currency="GBP",
        time_zone="Europe/London",
        language="en",
        legal_name="Blue Fin Restaurants Ltd",
        street="18 Exmouth Market",
        postcode="EC1R 4QE",
        city="London",
        vat_id="GB123456782",
        members=(
            (DemoPerson("owner@bluefin.test", "Hana Mori"), Role.OWNER),
            (DemoPerson("manager@bluefin.test", "Oliver Hughes"), Role.MANAGER),
            (DemoPerson("waiter@bluefin.test", "Amelia Clarke"), Role.WAITER),
            (GIULIA, Role.MANAGER),
        ),
    ),
)


@transaction.atomic
def load(say: Callable[[str], object]) -> None:
    """Make what is missing, and say what there was to do."""
    _load_person(STAFF, say)
    plans.load(say)
    for demo in TENANTS:
        _load_tenant(demo, say)
    billing.load(say)
    tickets.load(say)


def _load_person(demo: DemoPerson, say: Callable[[str], object]) -> Person:
    if found := Person.objects.filter(email=demo.email).first():
        return found
    say(f"Person {demo.email}")
    return Person.objects.create_user(
        demo.email,
        PASSWORD,
        verified=True,
        name=demo.name,
        language=demo.language,
        is_staff=demo.is_staff,
        is_superuser=demo.is_staff,
    )


def _load_tenant(demo: DemoTenant, say: Callable[[str], object]) -> None:
    details = asdict(demo)
    del details["members"]
    tenant, is_new = Tenant.objects.get_or_create(slug=demo.slug, defaults=details)
    if is_new:
        say(f"Tenant {tenant} ({tenant.slug})")
        owner, _ = demo.members[0]
        if not provision_now(tenant, by=Actor.person(_load_person(owner, say))):
            say("  Its set-up failed: the staff admin says why.")
    for who, role in demo.members:
        person = _load_person(who, say)
        # Revoked ones count: who was sent away in a trial stays away.
        if not Member.objects.filter(tenant=tenant, person=person).exists():
            Member.objects.create(tenant=tenant, person=person, role=role)
            say(f"  {person.name} is {role.label.lower()} of {tenant}")
    customers.load(tenant, say)
    demo_people.load(tenant, say)
    client_apps.load(tenant, say)
    databases.load(tenant, say)
