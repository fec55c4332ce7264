"""What a set-up does, in order. A step may be taken again: what it did before stays as it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Final

from django.db import connection

from backend.common.actor import Actor
from backend.common.schema import pending_migrations, unprotected_tables
from backend.tenants.countries import COUNTRIES
from backend.tenants.mail import mail_owners
from backend.tenants.models import Step, TaxRate, Tenant
from backend.tenants.provisioning.failures import StepFailed
from backend.tenants.provisioning.isolation import probe_isolation

OLDEST_SERVER: Final = 15
# Seconds. A page asks the database several times.
SLOWEST_ROUND_TRIP: Final = 0.5
ROUND_TRIPS: Final = 5


def give_defaults(tenant: Tenant) -> str:
    """The tax rates of the tenant's country. Those that it has already are its own."""
    country = COUNTRIES.get(tenant.country)
    if country is None:
        raise StepFailed("country-unknown", f"{tenant.country} is not in the table of countries.")
    rates = TaxRate.objects.for_tenant(tenant.pk)
    if not rates.exists():
        TaxRate.objects.bulk_create(
            TaxRate(
                tenant=tenant,
                name=rate.name(tenant.language),
                percent=rate.percent,
                is_default=position == 0,
                position=position,
            )
            for position, rate in enumerate(country.rates)
        )
    return ", ".join(f"{percent} %" for percent in rates.values_list("percent", flat=True))


def check_connectivity(tenant: Tenant) -> str:
    seconds = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, version()")
        number, version = cursor.fetchone()
        for _ in range(ROUND_TRIPS):
            begun = time.perf_counter()
            cursor.execute("SELECT 1")
            cursor.fetchone()
            seconds.append(time.perf_counter() - begun)
    latency = median(seconds)
    major, minor = divmod(number, 10_000)
    if major < OLDEST_SERVER:
        raise StepFailed("database-unfit", f"{version}: {OLDEST_SERVER} or newer is needed.")
    if latency > SLOWEST_ROUND_TRIP:
        raise StepFailed("database-unfit", f"A round trip takes {latency * 1000:.0f} ms.")
    return f"PostgreSQL {major}.{minor}, {latency * 1000:.2f} ms"


def check_schema(tenant: Tenant) -> str:
    found = [f"Not applied: {name}" for name in pending_migrations()]
    found += [f"Not protected: {name}" for name in unprotected_tables()]
    if found:
        raise StepFailed("schema-incomplete", "\n".join(found))
    return ""


def check_isolation(tenant: Tenant) -> str:
    probe_isolation(tenant)
    return ""


def open_business(tenant: Tenant) -> str:
    tenant.activate(by=Actor.system())
    mail_owners("opened", tenant)
    return ""


STEPS: Final[Mapping[Step, Callable[[Tenant], str]]] = {
    Step.DEFAULTS: give_defaults,
    Step.CONNECTIVITY: check_connectivity,
    Step.SCHEMA: check_schema,
    Step.ISOLATION: check_isolation,
    Step.OPENING: open_business,
}
