"""The run as a whole: one leader, killed at any point, told to staff, begun by a job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.exceptions import JobAborted
from structlog.testing import capture_logs

from backend.billing.models import Invoice, InvoiceLine, NumberSeries, Reminder, Seller
from backend.billing.replay.replay import replay
from backend.billing.runs.batches import Outcome, in_batches
from backend.billing.runs.leader import AnotherRuns, leadership
from backend.billing.runs.steps import STEPS
from backend.billing.tasks_runs import RunIncomplete, run_billing
from backend.billing.tests.cast import issued, make_plans, make_seller
from backend.billing.tests.runs import active, at, done
from backend.common.actor import Actor
from backend.conftest import House
from backend.services.models import Service
from backend.tenants.models import Tenant

TENANTS = 12
# Runs the command in batches of four; kills itself just before its n-th statement.
CHILD = """
import os, signal, sys
from contextlib import nullcontext
from functools import partial
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from backend.billing.runs import steps

steps.in_batches = partial(steps.in_batches, size=4)
left, is_alone = int(sys.argv[1]), sys.argv[2] == "alone"
if not is_alone:
    steps.leadership = nullcontext

def count(execute, *args):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(*args)

with connection.execute_wrapper(count):
    call_command("billing_run", only=["renewals"])
"""


def start(left: int = -1, leaders: str = "alone") -> subprocess.Popen[str]:
    database = connection.settings_dict
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(left), leaders],
        cwd=settings.ROOT_DIR / "platform",
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "backend.test_settings", "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(child: subprocess.Popen[str]) -> int:
    _, errors = child.communicate(timeout=120)
    assert child.returncode in (0, -signal.SIGKILL), errors
    return child.returncode


@pytest.fixture
def due(transactional_db: None) -> None:
    """A dozen tenants whose month is over today."""
    make_seller()
    make_plans()
    month_ago = timezone.now() - timedelta(days=31)
    for number in range(TENANTS):
        tenant = Tenant.objects.create(slug=f"t-{number}", name="T", country="AT", currency="EUR")
        tenant.provision(by=Actor.system())
        tenant.activate(by=Actor.system())
        with at(f"{month_ago:%Y-%m-%d %H:%M}"):
            active(House(tenant, {}, cast("Any", None)))


def books_are_right() -> int:
    """What must hold at any time; returns how many tenants are invoiced."""
    assert list(replay()) == []
    billed = list(InvoiceLine.objects.order_by().values_list("tenant_id", flat=True))
    assert len(billed) == len(set(billed)) == Invoice.objects.issued().count()
    assert not Invoice.objects.filter(state="draft").exists()
    renewed = Service.objects.filter(period_end__gt=timezone.now().date() + timedelta(days=7))
    assert set(renewed.values_list("tenant_id", flat=True)) == set(billed)
    return len(billed)


@pytest.mark.usefixtures("due")
def test_it_can_be_killed_at_any_point_and_nothing_is_billed_twice_or_missed() -> None:
    billed = []
    # Before the first batch, in it, between it and the next, and late in the last.
    for left in (5, 30, 55, 30, 44, 20):
        assert finish(start(left)) == -signal.SIGKILL
        billed.append(books_are_right())
    assert 0 < billed[-1] < TENANTS
    assert all(count % 4 == 0 for count in billed)
    assert finish(start()) == 0
    assert books_are_right() == TENANTS
    assert NumberSeries.objects.get().last == TENANTS
    assert finish(start()) == 0
    assert books_are_right() == TENANTS


@pytest.mark.usefixtures("due")
def test_two_leaders_do_no_harm() -> None:
    """Should the lock ever fail: the rows and the constraints are what counts."""
    children = [start(leaders="both") for _ in range(2)]
    assert [finish(child) for child in children] == [0, 0]
    assert books_are_right() == TENANTS


@pytest.mark.django_db
def test_there_is_one_leader(seller: Seller, aurora: House, plans: Any) -> None:
    with at("2027-01-01"):
        active(aurora)
    with at("2027-02-01"):
        with leadership():
            with pytest.raises(AnotherRuns):
                done("renewals")
            call_command("billing_run", stdout=(out := StringIO()))
            assert "Another run is at it already" in out.getvalue()
            assert not Invoice.objects.exists()
            # Looking ahead disturbs nobody.
            assert len(done("renewals", dry_run=True)) == 1
        assert len(done("renewals")) == 1


@pytest.mark.django_db
def test_a_leader_that_failed_leaves_the_lock(seller: Seller) -> None:
    with pytest.raises(RuntimeError), leadership():
        raise RuntimeError
    with leadership():
        pass


@pytest.mark.django_db
def test_a_batch_that_fails_is_tried_one_by_one(aurora: House, bluefin: House) -> None:
    tried: list[int] = []

    def work(tenants: Sequence[Any]) -> list[Outcome]:
        tried.append(len(tenants))
        if aurora.tenant.pk in tenants:
            raise LookupError("no price\nDETAIL: somebody's row")
        return [Outcome("bluefin", ("done",))]

    found = list(in_batches([aurora.tenant.pk, bluefin.tenant.pk], work, dry_run=False))
    assert tried == [2, 1, 1]
    assert found == [
        Outcome("aurora", failure="LookupError: no price"),
        Outcome("bluefin", ("done",)),
    ]


@pytest.mark.django_db
def test_a_database_that_is_gone_ends_the_run(aurora: House, bluefin: House) -> None:
    def work(tenants: Sequence[Any]) -> list[Outcome]:
        raise OperationalError("the connection is closed")

    with pytest.raises(OperationalError):
        list(in_batches([aurora.tenant.pk, bluefin.tenant.pk], work, dry_run=False))


@pytest.mark.django_db
def test_the_command_prints_what_it_did_and_for_whom_it_failed(
    seller: Seller, aurora: House, bluefin: House, plans: Any
) -> None:
    with at("2027-01-01"):
        active(aurora)
        active(bluefin)
    Tenant.objects.filter(pk=bluefin.tenant.pk).update(currency="CHF")
    out, errors = StringIO(), StringIO()
    with at("2027-02-01"), pytest.raises(CommandError, match=r"^Billing failed for bluefin: "):
        call_command("billing_run", only=["renewals"], stdout=out, stderr=errors)
    number = Invoice.objects.get().number
    assert out.getvalue().splitlines() == [
        "renewals aurora: House, 1 Feb 2027 to 28 Feb 2027: 1 units, 49.00 EUR and 9.80 EUR tax",
        f"renewals aurora: Invoice {number}: 58.80 EUR, due on 2027-02-15",
        "Services renewed: 1 tenants",
        "Invoiced: 58.80 EUR",
    ]
    assert errors.getvalue() == (
        "renewals bluefin: failed: CurrencyDiffers: House is sold in GBP\n"
    )


@pytest.mark.django_db
def test_a_day_to_come_can_be_previewed(seller: Seller, aurora: House, plans: Any) -> None:
    with at("2027-01-01"):
        service = active(aurora)
        issued(aurora)
    out = StringIO()
    with at("2027-01-10"):
        call_command("billing_run", "--dry-run", "--day", "2027-03-01", stdout=out)
        assert timezone.now().month == 1
    told = out.getvalue()
    for words in (
        "House, 1 Feb 2027 to 28 Feb 2027: 1 units",
        "House, 1 Mar 2027 to 31 Mar 2027: 1 units",
        "117.60 EUR, due on 2027-03-15",
        "Reminder 3 of",
        "Suspended. Not paid",
    ):
        assert words in told
    assert told.endswith("Nothing of this was kept.\n")
    service.refresh_from_db()
    assert str(service.period_end) == "2027-02-01"
    assert Invoice.objects.count() == 1
    assert not Reminder.objects.exists()


@pytest.mark.django_db
def test_only_a_preview_can_be_of_another_day(seller: Seller) -> None:
    with pytest.raises(CommandError, match="only be given with --dry-run"):
        call_command("billing_run", "--day", "2027-02-08")


@pytest.mark.django_db
def test_without_a_seller_nothing_can_be_done() -> None:
    with pytest.raises(CommandError, match="say who sells"):
        call_command("billing_run")
    with capture_logs() as logs:
        run_billing(context(), timestamp=0)
    assert [each["event"] for each in logs] == ["billing waits for a seller"]


def context(*, aborts: bool = False) -> JobContext:
    return cast("JobContext", SimpleNamespace(should_abort=lambda: aborts))


@pytest.mark.django_db
def test_the_job_does_all_steps_but_disturbs_nobody_at_night(
    seller: Seller, aurora: House, plans: Any
) -> None:
    with at("2027-01-01"):
        active(aurora)
        issued(aurora)
    with at("2027-02-01 06:59"), capture_logs() as logs:  # 7:59 in Vienna
        run_billing(context(), timestamp=0)
    [told] = [each for each in logs if each["event"] == "billing run"]
    assert told["done"] == {"usage": 0, "endings": 0, "renewals": 1, "past-due": 0}
    assert not Reminder.objects.exists()
    with at("2027-02-01 07:00"), capture_logs() as logs:
        run_billing(context(), timestamp=0)
    [told] = [each for each in logs if each["event"] == "billing run"]
    assert told["done"] == {**dict.fromkeys(STEPS, 0), "reminders": 1}
    assert Reminder.objects.count() == 1


@pytest.mark.django_db
def test_a_job_that_failed_for_a_tenant_is_a_failed_job(
    seller: Seller, aurora: House, plans: Any
) -> None:
    with at("2027-01-01"):
        active(aurora)
    Tenant.objects.update(currency="CHF")
    with at("2027-02-01"), capture_logs() as logs:
        with pytest.raises(RunIncomplete, match=r"^Billing failed for aurora: the log says why"):
            run_billing(context(), timestamp=0)
    assert [each["tenant"] for each in logs if each["log_level"] == "error"] == ["aurora"]


@pytest.mark.django_db
def test_a_worker_that_shuts_down_leaves_the_rest_to_another(
    seller: Seller, aurora: House, plans: Any
) -> None:
    with at("2027-01-01"):
        active(aurora)
    with at("2027-02-01"):
        with pytest.raises(JobAborted):
            run_billing(context(aborts=True), timestamp=0)
        assert not Invoice.objects.exists()
        run_billing(context(), timestamp=0)
        assert Invoice.objects.count() == 1


@pytest.mark.django_db
def test_a_job_beside_another_run_is_done_at_once(seller: Seller) -> None:
    with leadership(), capture_logs() as logs:
        run_billing(context(), timestamp=0)
    assert [each["event"] for each in logs] == ["billing runs elsewhere"]


@pytest.mark.django_db
def test_very_many_failures_are_summed_up(seller: Seller) -> None:
    failed = [("renewals", Outcome(f"t{number:02}", failure="x")) for number in range(12)]
    with patch("backend.billing.tasks_runs.run", lambda *a, **k: iter(failed)):
        with pytest.raises(RunIncomplete, match="t09 and 2 more"):
            run_billing(context(), timestamp=0)
