"""The steps of a run, in the order of a day, and the run itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from backend.billing.models import Seller
from backend.billing.runs.abandoned import give_up, tenants_with_abandoned
from backend.billing.runs.batches import Outcome, in_batches
from backend.billing.runs.endings import end_services, tenants_with_endings
from backend.billing.runs.overdue import fall_due, suspend, tenants_past_due, tenants_to_suspend
from backend.billing.runs.remind import remind, tenants_to_remind
from backend.billing.runs.renew import renew_services, tenants_to_renew
from backend.billing.runs.usage import count_usage, tenants_to_count
from backend.billing.runs.when import When
from backend.common.leader import BILLING_RUN, leadership
from backend.common.tenancy import owner_scope


@dataclass(frozen=True, slots=True)
class Step:
    """`find` names the tenants that there may be something to do for; `work` does it for some.

    What it does for a tenant, it does not do a second time.
    """

    title: str
    find: Callable[[When], Sequence[UUID]]
    work: Callable[[Sequence[UUID], When], list[Outcome]]


STEPS: Final[dict[str, Step]] = {
    "usage": Step("Usage counted", tenants_to_count, count_usage),
    "endings": Step("Services ended", tenants_with_endings, end_services),
    "payments": Step("Payments given up", tenants_with_abandoned, give_up),
    "renewals": Step("Services renewed", tenants_to_renew, renew_services),
    "past-due": Step("Services past due", tenants_past_due, fall_due),
    "reminders": Step("Reminders", tenants_to_remind, remind),
    "suspensions": Step("Suspensions", tenants_to_suspend, suspend),
}
# So many tenants are named where a run failed for some.
NAMED: Final = 10
# These reach people: at night nobody could do anything about them.
BY_DAY: Final = ("reminders", "suspensions")


def run(
    steps: Sequence[str],
    when: When,
    *,
    dry_run: bool = False,
    check: Callable[[], None] = lambda: None,
) -> Iterator[tuple[str, Outcome]]:
    """Does these steps for all tenants; yields the name of the step with what it did for each.

    A dry run does the same and keeps nothing of it. Two runs at once would do no harm but wait for
    each other: what keeps a service from being billed twice is in the database. Raises AnotherRuns,
    SellerMissing.
    """
    Seller.get()
    with nullcontext() if dry_run else leadership(BILLING_RUN):
        for name in steps:
            step = STEPS[name]
            with owner_scope():
                tenants = step.find(when)

            def work(batch: Sequence[UUID], step: Step = step) -> list[Outcome]:
                return step.work(batch, when)

            for outcome in in_batches(tenants, work, dry_run=dry_run, check=check):
                yield name, outcome


def incomplete(failed: Sequence[str]) -> str:
    """Tells staff for whom it has to be put right: the next run tries them again."""
    slugs = sorted(set(failed))
    more = f" and {len(slugs) - NAMED} more" if len(slugs) > NAMED else ""
    return f"Billing failed for {', '.join(slugs[:NAMED])}{more}: the log says why."
