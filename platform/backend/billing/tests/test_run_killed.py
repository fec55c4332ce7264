"""The run can be killed at any point, and begun twice: real processes on a real database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any, cast

import pytest
from django.conf import settings
from django.utils import timezone

from backend.billing.models import Invoice, InvoiceLine, NumberSeries
from backend.billing.replay.replay import replay
from backend.billing.tests.cast import make_plans, make_seller
from backend.billing.tests.runs import active, at
from backend.common.actor import Actor
from backend.conftest import House, database_address
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
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(left), leaders],
        cwd=settings.ROOT_DIR / "platform",
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "backend.test_settings",
            "DATABASE_URL": database_address(),
        },
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
