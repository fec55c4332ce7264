"""How long the billing run takes. Prints one line of JSON.

Runs as a script with the platform's settings, on a database that is thrown away afterwards:
``python benchmarks/billing.py SERVICES``. Each service is another tenant's, so that there is an
invoice for each; every tenth one has used more than its plan includes, and pays for it too.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - the settings come first
from django.utils import timezone  # noqa: E402

from backend.billing.models import Invoice, InvoiceLine, Seller  # noqa: E402
from backend.billing.replay.replay import replay  # noqa: E402
from backend.billing.runs.steps import run  # noqa: E402
from backend.billing.runs.when import When  # noqa: E402
from backend.services.models import LimitName, Plan  # noqa: E402

T = TypeVar("T")

TENANTS = """
    INSERT INTO tenants_tenant
        (id, slug, name, legal_name, street, postcode, city, country, currency, vat_id, time_zone,
         language, state, created_at, updated_at)
    SELECT gen_random_uuid(), 'bench-' || i, 'Bench ' || i, 'Bench ' || i || ' GmbH', 'Gasse ' || i,
        '1070', 'Wien', 'AT', 'EUR', '', 'Europe/Vienna', 'de', 'draft', now(), now()
    FROM generate_series(1, %s) i
"""
SERVICES = """
    INSERT INTO services_service
        (id, tenant_id, plan_id, plan_name, is_addon, state, currency, interval, amount_minor,
         overage_minor, anchor_day, period_start, period_end, created_at, updated_at)
    SELECT gen_random_uuid(), t.id, %s, 'House', false, 'pending', 'EUR', 'month', 4900,
        CASE WHEN t.slug LIKE '%%0' THEN '{"customers": 2}'::jsonb ELSE '{}'::jsonb END,
        %s, %s, %s, now(), now()
    FROM tenants_tenant t
"""
USAGE = """
    INSERT INTO services_usagerecord (id, tenant_id, name, day, value, created_at)
    SELECT gen_random_uuid(), s.tenant_id, 'customers', d, 150, now()
    FROM services_service s, generate_series(s.period_start, s.period_end - 1, interval '1 day') d
    WHERE s.overage_minor <> '{}'
"""


@transaction.atomic
def seed(services: int, today: date) -> None:
    Seller.objects.create(
        name="Bench", street="Gasse 1", postcode="1070", city="Wien", country="AT",
        vat_id="ATU13585627", email="bench@bench.test", iban="AT611904300234573201",
    )  # fmt: skip
    plan = Plan.objects.create(key="house", name="House")
    plan.limits.create(name=LimitName.CUSTOMERS, value=100)
    began = today - timedelta(days=30)
    with connection.cursor() as cursor:
        cursor.execute(TENANTS, [services])
        cursor.execute("UPDATE tenants_tenant SET state = 'provisioning'")
        cursor.execute("UPDATE tenants_tenant SET state = 'active'")
        cursor.execute(SERVICES, [plan.pk, began.day, began, today])
        cursor.execute("UPDATE services_service SET state = 'active'")
        cursor.execute(USAGE)


def main(services: int) -> None:
    when = When(timezone.now())
    seed(services, when.today_of(Seller(time_zone="Europe/Vienna")))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    cpu = time.process_time()
    seconds, done = timed(lambda: list(run(["renewals"], when)))
    cpu = time.process_time() - cpu
    if failed := [outcome for _, outcome in done if outcome.failure]:
        raise SystemExit(f"Failed for {len(failed)} tenants: {failed[0].failure}")
    again_seconds, again = timed(lambda: list(run(["renewals"], when)))
    before = peak_mib()
    replay_seconds, differences = timed(lambda: sum(1 for _ in replay()))
    json.dump(
        {
            "invoices": Invoice.objects.count(),
            "lines": InvoiceLine.objects.count(),
            "seconds": seconds,
            "python_seconds": round(cpu, 1),
            "again": len(again),
            "again_seconds": again_seconds,
            "differences": differences,
            "replay_seconds": replay_seconds,
            "replay_mib": peak_mib() - before,
        },
        sys.stdout,
    )


def timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = work()
    return round(time.perf_counter() - began, 1), result


def peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
