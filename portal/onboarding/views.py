"""From a new account to an open business. All that was said is kept on the platform, so that the
set-up goes on from any device."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.api_client import parallel
from portal.api_client.errors import Conflict
from portal.common.abilities import need
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.onboarding import set_up as words
from portal.onboarding.forms import CompanyForm, MoneyForm, RegisterForm, StartForm
from portal.onboarding.places import country_name, currency_name, language_name, time_zone_name

REFRESH_AFTER = 2
"""Seconds until the page of a running set-up looks again by itself."""


@page_with_form
def register(request: PortalRequest) -> HttpResponse:
    countries = request.platform.tenants.countries()
    form = RegisterForm(request.POST or None, offered=countries)
    if form.is_valid():
        with form.relaying():
            business = request.platform.tenants.register(**form.values, idempotency_key=form.key)
            return see_other("onboarding:business", business.slug, notice="business-registered")
    return render(request, "onboarding/register.html", {"form": form}, status=form.status)


@require_safe
def resume(request: PortalRequest, slug: str) -> HttpResponse:
    """Where one left off, or where a business that isn't open yet leads."""
    return see_other(words.next_page(request.platform.tenants.get()), slug)


@page_with_form
def business(request: PortalRequest, slug: str) -> HttpResponse:
    form = CompanyForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.tenants.update(form.values, idempotency_key=form.key)
            return see_other("onboarding:money", slug)
    found = request.platform.tenants.get()
    if found.state != "draft":
        return see_other("onboarding:progress", slug)
    need("update", found.can)
    if not form.is_bound:
        form = CompanyForm.of(found)
    context = {
        "slug": slug,
        "form": form,
        "country": country_name(found.country),
        "steps": words.wizard("onboarding:business", slug),
    }
    return render(request, "onboarding/business.html", context, status=form.status)


@page_with_form
def money(request: PortalRequest, slug: str) -> HttpResponse:
    found, countries = parallel(request.platform.tenants.get, request.platform.tenants.countries)
    if found.state != "draft":
        return see_other("onboarding:progress", slug)
    need("update", found.can)
    form = MoneyForm(request.POST or None, business=found, offered=countries)
    if form.is_valid():
        with form.relaying():
            request.platform.tenants.update(form.values, idempotency_key=form.key)
            return see_other("onboarding:review", slug)
    context = {"slug": slug, "form": form, "steps": words.wizard("onboarding:money", slug)}
    return render(request, "onboarding/money.html", context, status=form.status)


@page_with_form
def review(request: PortalRequest, slug: str) -> HttpResponse:
    form = StartForm(request.POST or None)
    if form.is_valid():
        try:
            with form.relaying():
                request.platform.tenants.start_set_up(idempotency_key=form.key)
                return see_other("onboarding:progress", slug)
        except Conflict as conflict:
            return _after(conflict, slug)
    found = request.platform.tenants.get()
    if found.state != "draft":
        return see_other("onboarding:progress", slug)
    context = {
        "slug": slug,
        "form": form,
        "business": found,
        "country": country_name(found.country),
        "currency": currency_name(found.currency),
        "language": language_name(found.language),
        "time_zone": time_zone_name(found.time_zone),
        "steps": words.wizard("onboarding:review", slug),
    }
    return render(request, "onboarding/review.html", context, status=form.status)


@page_with_form
def progress(request: PortalRequest, slug: str) -> HttpResponse:
    """What state it is in, what blocks it and who acts next; tells by itself while it goes on."""
    form = StartForm(request.POST or None)
    if form.is_valid():
        try:
            request.platform.tenants.start_set_up(idempotency_key=form.key)
            return see_other("onboarding:progress", slug)
        except Conflict as conflict:
            return _after(conflict, slug)
    found = request.platform.tenants.set_up()
    if found.state == "draft":
        return see_other("onboarding:resume", slug)
    response = render(
        request,
        "onboarding/progress.html",
        {
            "slug": slug,
            "form": form,
            "set_up": found,
            "steps": words.shown_steps(found),
            "obstacle": words.obstacle(found),
            "next": words.NEXT.get(found.next_actor, ""),
        },
    )
    if found.is_under_way:
        response.headers["Refresh"] = str(REFRESH_AFTER)
    return response


def _after(conflict: Conflict, slug: str) -> HttpResponse:
    """Somebody was quicker, or something is missing still."""
    if conflict.code == "details-missing":
        return see_other("onboarding:business", slug, notice="details-missing")
    if conflict.code in {"provisioning-running", "transition-refused"}:
        return see_other("onboarding:progress", slug)
    raise conflict
