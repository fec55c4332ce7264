"""What two restaurants asked in the last months, and how they were answered, for development.

It happened as it would have: by the workflows, at the times of a clock that is put back, and nobody
is written to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction

from backend.common import clock
from backend.common.tenancy import owner_scope
from backend.services.models import Plan
from backend.tenants.models import State, Tenant
from backend.tickets import jobs
from backend.tickets.demo.aurora import AURORA
from backend.tickets.demo.bluefin import BLUEFIN
from backend.tickets.demo.telling import Telling
from backend.tickets.models import CannedReply, Department, Priority, ServiceLevel, TicketCounter

STORIES: Final = {"aurora": AURORA, "bluefin": BLUEFIN}
EMAILS: Final = {
    "general": "support@tavola.test",
    "billing": "billing@tavola.test",
    "technical": "technical@tavola.test",
}
# Hours by plan; whose plan isn't here has what holds for everybody.
LEVELS: Final = {
    "house": {Priority.URGENT: 2, Priority.HIGH: 6, Priority.NORMAL: 12, Priority.LOW: 48},
    "group": {Priority.URGENT: 1, Priority.HIGH: 4, Priority.NORMAL: 8, Priority.LOW: 24},
}
# Title, department, text in English and in German.
CANNED: Final = (
    (
        "Thanks, we look into it",
        "",
        "Dear {customer},\n\nthank you for writing. We look into it and tell you here as soon as "
        "we know more.\n\nKind regards\n{staff}",
        "Guten Tag {customer},\n\nvielen Dank für Ihre Nachricht. Wir sehen es uns an und melden "
        "uns hier, sobald wir mehr wissen.\n\nFreundliche Grüße\n{staff}",
    ),
    (
        "Solved?",
        "",
        "Dear {customer},\n\ndoes *{subject}* work for {business} again? If so, you can close "
        "{number}; it is reopened by a message.\n\nKind regards\n{staff}",
        "Guten Tag {customer},\n\nfunktioniert *{subject}* bei {business} wieder? Dann können Sie "
        "{number} schließen; eine Nachricht öffnet es wieder.\n\nFreundliche Grüße\n{staff}",
    ),
    (
        "Payment not found",
        "billing",
        "Dear {customer},\n\nwe haven't found a payment for invoice {invoice} yet. Which reference "
        "did you give, and on which day was it booked?\n\nKind regards\n{staff}",
        "Guten Tag {customer},\n\nzu Rechnung {invoice} haben wir noch keine Zahlung gefunden. "
        "Welchen Verwendungszweck haben Sie angegeben, und an welchem Tag wurde sie gebucht?\n\n"
        "Freundliche Grüße\n{staff}",
    ),
    (
        "Printer: first steps",
        "technical",
        "Dear {customer},\n\nplease try these, one after the other:\n\n1. Switch the printer off "
        "and on again.\n2. Check that there is paper, and that the lid is closed.\n3. Switch "
        "**Energy saving** off in its menu.\n\nKind regards\n{staff}",
        "",
    ),
)


@transaction.atomic
def load(say: Callable[[str], object]) -> None:
    """Sets the support up and makes its past, unless anybody has asked anything yet."""
    with owner_scope():
        if TicketCounter.objects.exists():
            return
        tenants = {tenant.slug: tenant for tenant in Tenant.objects.filter(state=State.ACTIVE)}
        told = [Telling(tenants[slug], story) for slug, story in STORIES.items() if slug in tenants]
        if not told:
            return
        _set_up()
        steps = [step for each in told for step in each.steps()]
        # As they would have followed each other, whosever they are.
        for step in sorted(steps, key=lambda each: each.at):
            with clock.at(step.at), jobs.telling_nobody():
                step.do()
        for each in told:
            say(f"  {len(each.story)} tickets of {each.tenant}")


def _set_up() -> None:
    for key, email in EMAILS.items():
        Department.objects.filter(key=key, email="").update(email=email)
    departments = {department.key: department for department in Department.objects.all()}
    for plan in Plan.objects.filter(key__in=LEVELS):
        for priority, hours in LEVELS[plan.key].items():
            ServiceLevel.objects.get_or_create(
                plan=plan, priority=priority, defaults={"answer_within_hours": hours}
            )
    for title, key, body, body_de in CANNED:
        CannedReply.objects.get_or_create(
            title=title,
            defaults={"department": departments.get(key), "body": body, "body_de": body_de},
        )
