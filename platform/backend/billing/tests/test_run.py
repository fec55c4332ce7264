"""The run as a whole: one leader, a fault that stays one tenant's, its command and its job."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.exceptions import JobAborted
from structlog.testing import capture_logs

from backend.billing.models import Invoice, Reminder, Seller
from backend.billing.runs.batches import Outcome, in_batches
from backend.billing.runs.steps import STEPS
from backend.billing.tasks_runs import RunIncomplete, run_billing
from backend.billing.tests.cast import issued
from backend.billing.tests.runs import active, at, done
from backend.common.leader import BILLING_RUN, AnotherRuns, leadership
from backend.conftest import House
from backend.tenants.models import Tenant


@pytest.mark.django_db
def test_there_is_one_leader(seller: Seller, aurora: House, plans: Any) -> None:
    with at("2027-01-01"):
        active(aurora)
    with at("2027-02-01"):
        with leadership(BILLING_RUN):
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
    with pytest.raises(RuntimeError), leadership(BILLING_RUN):
        raise RuntimeError
    with leadership(BILLING_RUN):
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
    assert told["done"] == {
        "usage": 0,
        "endings": 0,
        "payments": 0,
        "renewals": 1,
        "past-due": 0,
    }
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
    with leadership(BILLING_RUN), capture_logs() as logs:
        run_billing(context(), timestamp=0)
    assert [each["event"] for each in logs] == ["billing runs elsewhere"]


@pytest.mark.django_db
def test_very_many_failures_are_summed_up(seller: Seller) -> None:
    failed = [("renewals", Outcome(f"t{number:02}", failure="x")) for number in range(12)]
    with patch("backend.billing.tasks_runs.run", lambda *a, **k: iter(failed)):
        with pytest.raises(RunIncomplete, match="t09 and 2 more"):
            run_billing(context(), timestamp=0)
