"""The plans side by side; subscribing to one, and changing to another."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.api_client import parallel
from portal.api_client.errors import Conflict, Missing
from portal.api_client.services import Exceeded, Order, Plan, PlanName, Service
from portal.billing.addresses import pay_url
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.services.forms import ChangePlanForm, SubscribeForm
from portal.services.views.ending import moved_on, overtaken
from portal.services.views.overview import plan_among, row_of
from portal.services.words import (
    INTERVALS,
    Feature,
    Words,
    features,
    included,
    limit_name,
    rate,
    with_interval,
)
from portal.ui.components.formats import count, money


class Offer(NamedTuple):
    """A plan as the pages show it, at the price for one interval."""

    plan: Plan
    price: str
    per: str
    features: list[Feature]
    mark: str = ""
    """That the business has it, for this interval or the other."""
    url: str = ""
    action: str = ""


class TooMuch(NamedTuple):
    label: Words
    text: str


@require_safe
def choose(request: PortalRequest, slug: str) -> HttpResponse:
    found, mine = parallel(request.platform.services.plans, request.platform.services.all)
    service = plan_among(mine.results)
    addons = {each.plan.key: each for each in mine.results if each.state != "cancelled"}
    interval = _interval(request, service)
    offers = [
        _offer(each, interval, addons.get(each.key) if each.is_addon else service, slug)
        for each in found.results
    ]
    shown = [each for each in offers if each]
    return render(
        request,
        "services/plans.html",
        {
            "slug": slug,
            "service": service,
            "interval": interval,
            "intervals": INTERVALS.items(),
            "offers": [each for each in shown if not each.plan.is_addon],
            "addons": [each for each in shown if each.plan.is_addon],
            "may": any(each.plan.can for each in shown),
        },
    )


@page_with_form
def subscribe(request: PortalRequest, slug: str, key: str) -> HttpResponse:
    interval = _interval(request, None)
    form = SubscribeForm(request.POST or None, initial={"interval": interval})
    if form.is_valid():
        interval = form.values["interval"]
        with form.relaying():
            order = request.platform.services.order(
                plan=key, interval=interval, idempotency_key=form.key
            )
            paid = "service-begun" if order.service.state == "active" else "service-ordered"
            return _on_to_pay(order, slug, to_pay="service-ordered", otherwise=paid)
    plans = request.platform.services.plans().results
    plan = next((each for each in plans if each.key == key), None)
    offer = _offer(plan, interval, None, slug) if plan else None
    if plan is None or offer is None:
        raise Missing
    if not form.is_bound and "subscribe" not in plan.can:
        return moved_on(request, slug)
    return render(
        request,
        "services/subscribe.html",
        {"slug": slug, "offer": offer, "interval": interval, "form": form},
        status=form.status,
    )


@page_with_form
def change(request: PortalRequest, slug: str, service_id: UUID) -> HttpResponse:
    """The difference first; the button beneath it does what was shown."""
    form = ChangePlanForm(request.POST or None)
    key, interval = request.GET.get("plan", ""), request.GET.get("interval", "")
    if form.is_valid():
        key, interval = form.values["plan"], form.values["interval"]
        try:
            with form.relaying():
                order = request.platform.services.change_plan(
                    service_id, **form.values, idempotency_key=form.key
                )
                later = "plan-change-planned" if order.service.planned else "plan-changed"
                return _on_to_pay(order, slug, to_pay="plan-changed-to-pay", otherwise=later)
        except Conflict as conflict:
            return overtaken(conflict, slug)
    if not key or interval not in INTERVALS:
        return see_other("services:plans", slug)
    try:
        service, quote = parallel(
            lambda: request.platform.services.get(service_id),
            lambda: request.platform.services.quote(service_id, plan=key, interval=interval),
        )
    except Conflict as conflict:
        return overtaken(conflict, slug)
    if "change-plan" not in service.can:
        return moved_on(request, slug)
    shown = {"plan": key, "interval": interval, "total_minor": quote.total_minor}
    fresh = ChangePlanForm(initial=shown)
    return render(
        request,
        "services/change.html",
        {
            "slug": slug,
            "row": row_of(service, slug),
            "quote": quote,
            "heading": _change_to(quote.plan, service.plan, quote.interval),
            "new_price": rate(quote.next_amount_minor, quote.currency, quote.interval),
            "exceeded": [_too_much(each) for each in quote.exceeded],
            "form": fresh,
            "refused": form.non_field_errors() if form.is_bound else [],
        },
        status=form.status,
    )


def _interval(request: PortalRequest, service: Service | None) -> str:
    asked = request.GET.get("interval", "")
    if asked in INTERVALS:
        return asked
    return service.interval if service and service.interval in INTERVALS else "month"


def _offer(plan: Plan, interval: str, service: Service | None, slug: str) -> Offer | None:
    """`service` is what would be changed. None where the plan can't be had for this interval."""
    price = plan.price(interval)
    if price is None:
        return None
    url, action = _way(plan, interval, service, slug)
    is_mine = service is not None and service.plan.key == plan.key
    return Offer(
        plan,
        money(price.amount_minor, price.currency),
        with_interval("", interval).strip(),
        features(plan, price),
        _mark(plan) if is_mine else "",
        url,
        action,
    )


def _way(plan: Plan, interval: str, service: Service | None, slug: str) -> tuple[str, str]:
    """Where one gets it, and what that is called; nothing where one can't, or has it."""
    if "subscribe" in plan.can:
        url = resolve_url("services:subscribe", slug, plan.key)
        text = _("Add %(plan)s") if plan.is_addon else _("Choose %(plan)s")
        return f"{url}?{urlencode({'interval': interval})}", text % {"plan": plan.name}
    if service is None or "switch" not in plan.can or "change-plan" not in service.can:
        return "", ""
    if (plan.key, interval) == (service.plan.key, service.interval):
        return "", ""
    url = resolve_url("services:change", slug, service.id)
    query = urlencode({"plan": plan.key, "interval": interval})
    return f"{url}?{query}", _change_to(plan, service.plan, interval)


def _mark(plan: Plan) -> str:
    return _("You have it") if plan.is_addon else _("Your plan")


def _change_to(plan: Plan | PlanName, present: PlanName, interval: str) -> str:
    """What a change is called: to another plan, or to another interval of the same."""
    if plan.key != present.key:
        return _("Change to %(plan)s") % {"plan": plan.name}
    return _("Pay by the year") if interval == "year" else _("Pay by the month")


def _too_much(each: Exceeded) -> TooMuch:
    text = _("You have %(used)s; included are %(included)s.") % {
        "used": count(each.used),
        "included": included(each.limit, each.included),
    }
    return TooMuch(limit_name(each.limit), text)


def _on_to_pay(order: Order, slug: str, *, to_pay: str, otherwise: str) -> HttpResponse:
    """To the payment of what was invoiced, if anything of it is left to pay."""
    if order.invoice and order.invoice.due_minor:
        return see_other(pay_url(slug, order.invoice.id), notice=to_pay)
    return see_other("services:list", slug, notice=otherwise)
