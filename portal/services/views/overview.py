"""What the business has subscribed to, how much of it is used, and one of these services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.api_client.services import Service, ServiceChange, ServiceDetail, ServiceTransition
from portal.billing.addresses import pay_url
from portal.common.forms import RelayForm
from portal.common.http import PortalRequest
from portal.services.words import (
    StateWords,
    rate,
    state_words,
    usage_rows,
    what_comes,
    what_is_planned,
)
from portal.tickets.addresses import ask_url
from portal.ui.components.formats import day
from portal.ui.components.tables import Column

COLUMNS = (
    Column(gettext_lazy("Service")),
    Column(gettext_lazy("Price")),
    Column(gettext_lazy("Period")),
    Column(gettext_lazy("State")),
)
ADDON_COLUMNS = (*COLUMNS, Column(gettext_lazy("Pay"), "hidden"))


class Row(NamedTuple):
    """A service as the pages show it."""

    service: Service
    state: StateWords
    price: str
    comes: str
    planned: str
    pay_url: str = ""

    @property
    def is_to_pay(self) -> bool:
        """Whether it doesn't begin, or go on, before its invoice is paid."""
        return bool(self.pay_url) and self.service.state in {"pending", "past_due"}

    @property
    def urgency(self) -> str:
        """The tone in which is said that something is to be paid."""
        return {"past_due": "danger", "pending": "warning"}.get(self.service.state, "neutral")


class Happening(NamedTuple):
    """An entry of a service's history."""

    icon: str
    title: str
    who: str
    at: datetime
    reason: str


def row_of(service: Service, slug: str) -> Row:
    invoice = service.open_invoice
    return Row(
        service,
        state_words(service.state),
        rate(service.amount_minor, service.currency, service.interval),
        what_comes(service),
        what_is_planned(service),
        pay_url(slug, invoice.id) if invoice else "",
    )


def plan_among(services: Iterable[Service]) -> Service | None:
    """The business's plan, of which there is one at most; the others are add-ons."""
    current = (each for each in services if each.state != "cancelled")
    return next((each for each in current if not each.plan.is_addon), None)


@require_safe
def services(request: PortalRequest, slug: str) -> HttpResponse:
    found = request.platform.services.all()
    plan = plan_among(found.results)
    current = [each for each in found.results if each.state != "cancelled"]
    return render(
        request,
        "services/list.html",
        {
            "slug": slug,
            "page": found,
            "plan": row_of(plan, slug) if plan else None,
            "addons": [row_of(each, slug) for each in current if each.plan.is_addon],
            "ended": [row_of(each, slug) for each in found.results if each.state == "cancelled"],
            "columns": COLUMNS,
            "addon_columns": ADDON_COLUMNS,
            "usage": usage_rows(found.usage, plan),
            "form": RelayForm(),
        },
    )


@require_safe
def service(request: PortalRequest, slug: str, service_id: UUID) -> HttpResponse:
    found = request.platform.services.get(service_id)
    return render(
        request,
        "services/detail.html",
        {
            "slug": slug,
            "row": row_of(found, slug),
            "history": _history(found),
            "form": RelayForm(),
            "ask_url": ask_url(slug, service=found.id),
        },
    )


def _history(service: ServiceDetail) -> list[Happening]:
    """What was decided and what happened, newest first."""
    told = [
        *(_of_transition(each) for each in service.transitions),
        *(_of_change(each) for each in service.changes),
    ]
    return sorted(told, key=attrgetter("at"), reverse=True)


def _of_transition(each: ServiceTransition) -> Happening:
    titles = {
        ("pending", "active"): _("Began"),
        ("active", "past_due"): _("Payment became overdue"),
        ("past_due", "active"): _("Paid again"),
    }
    title = titles.get((each.from_state, each.to_state)) or str(state_words(each.to_state).label)
    icon = state_words(each.to_state).icon
    return Happening(icon, title, each.changed_by, each.changed_at, each.reason)


def _of_change(each: ServiceChange) -> Happening:
    if each.kind == "cancellation":
        texts = {
            "withdrawn": _("Its end on %(day)s was decided, and taken back"),
            "done": _("Its end on %(day)s was decided"),
        }
        title = texts.get(each.outcome, _("It is to end on %(day)s"))
    else:
        texts = {
            "withdrawn": _("%(from)s → %(to)s for %(day)s was decided, and taken back"),
            "done": _("%(from)s → %(to)s, from %(day)s"),
        }
        title = texts.get(each.outcome, _("%(from)s → %(to)s is planned for %(day)s"))
    facts = {"day": day(each.effective_on), "from": each.from_plan, "to": each.to_plan or ""}
    icon = "calendar-clock" if each.outcome == "planned" else "arrow-right-left"
    return Happening(icon, title % facts, each.asked_by, each.created_at, each.reason)
