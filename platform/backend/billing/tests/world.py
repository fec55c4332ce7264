"""What tests of billing's API and gateways have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.billing import tasks_payments
from backend.billing.models import Account, Allocation, Entry, Invoice, Payment, PaymentTransition
from backend.common.tenancy import owner_scope
from backend.conftest import House

CARDS: Mapping[str, str] = {
    "accepted": "4242 4242 4242 4242",
    "declined": "4000 0000 0000 0002",
    "late": "4000 0000 0000 3063",
    "twice": "4000000000003220",
}


def card(name: str = "accepted") -> dict[str, str]:
    return {"number": CARDS[name], "expiry": "12/39", "cvc": "123"}


def books(house: House) -> dict[str, Any]:
    """All that moves with money: to show that nothing did."""
    with owner_scope():
        return {
            model.__name__: list(model.objects.filter(tenant=house.tenant).order_by("pk").values())
            for model in (Account, Entry, Allocation, Invoice, Payment, PaymentTransition)
        }


def queued(task: str) -> list[dict[str, Any]]:
    """The arguments of the jobs that wait, the first first."""
    jobs = ProcrastinateJob.objects.filter(task_name=task, status="todo").order_by("id")
    return list(jobs.values_list("args", flat=True))


def work_off(task: str) -> int:
    """Runs the jobs that wait, as a worker would; returns how many."""
    found = {
        task_.name: task_ for task_ in (tasks_payments.receive_from_sandbox, tasks_payments.send)
    }[task]
    waiting = queued(task)
    for arguments in waiting:
        found(**arguments)
    return len(waiting)


def statements(call: Callable[[], Any]) -> int:
    """How many statements on our tables, and of our functions, a call runs."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return sum("billing_" in query["sql"] for query in captured)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Calls them in parallel, each on a connection of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(run, call) for call in calls]]
