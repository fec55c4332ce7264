"""From a new account to an open business. All that was said is kept on the platform, so that the
set-up goes on from any device."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.api_client import parallel
from portal.api_client.errors import Conflict, RateLimited
from portal.api_client.tenants import SetUp
from portal.common.abilities import need
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.members.forms import InviteForm
from portal.members.views.invitations import TOO_OFTEN
from portal.onboarding import set_up as words
from portal.onboarding.forms import DraftForm, MoneyForm, RegisterForm, StartForm
from portal.onboarding.places import country_name, currency_name, time_zone_name


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
    return see_other(_next_page(request, request.platform.tenants.set_up()), slug)


@page_with_form
def business(request: PortalRequest, slug: str) -> HttpResponse:
    tenants = request.platform.tenants
    found, set_up, countries = parallel(tenants.get, tenants.set_up, tenants.countries)
    if found.state != "draft":
        return see_other("onboarding:progress", slug)
    need("update", found.can)
    form = DraftForm(request.POST or None, business=found, offered=countries)
    if form.is_valid():
        with form.relaying():
            tenants.update(form.changes, idempotency_key=form.key)
            return see_other("onboarding:money", slug)
    context = {
        "slug": slug,
        "form": form,
        "steps": words.wizard("onboarding:business", slug, set_up),
    }
    return render(request, "onboarding/business.html", context, status=form.status)


@page_with_form
def money(request: PortalRequest, slug: str) -> HttpResponse:
    tenants = request.platform.tenants
    found, set_up, countries = parallel(tenants.get, tenants.set_up, tenants.countries)
    if found.state != "draft":
        return see_other("onboarding:progress", slug)
    need("update", found.can)
    form = MoneyForm(request.POST or None, business=found, offered=countries)
    if form.is_valid():
        with form.relaying():
            tenants.update(form.values, idempotency_key=form.key)
            return see_other("onboarding:people", slug)
    context = {
        "slug": slug,
        "form": form,
        "country": country_name(found.country),
        "steps": words.wizard("onboarding:money", slug, set_up),
    }
    return render(request, "onboarding/money.html", context, status=form.status)


@page_with_form
def people(request: PortalRequest, slug: str) -> HttpResponse:
    """Colleagues may be asked in already, so that all can begin on the first day."""
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            with form.relaying():
                request.platform.invitations.create(**form.values, idempotency_key=form.key)
                return see_other("onboarding:people", slug, notice="colleague-invited")
        except RateLimited:
            form.add_error(None, TOO_OFTEN)
    set_up, members, invitations = parallel(
        request.platform.tenants.set_up,
        lambda: request.platform.members.list(limit=1),
        request.platform.invitations.list,
    )
    if set_up.state != "draft":
        return see_other("onboarding:progress", slug)
    need("invite", members.can)
    form.offer(members.assignable_roles)
    context = {
        "slug": slug,
        "form": form,
        "invitations": invitations.results,
        "steps": words.wizard("onboarding:people", slug, set_up),
    }
    return render(request, "onboarding/people.html", context, status=form.status)


@page_with_form
def review(request: PortalRequest, slug: str) -> HttpResponse:
    form = StartForm(request.POST or None)
    if form.is_valid():
        return _start(request, slug, form)
    found, set_up, invitations = parallel(
        request.platform.tenants.get,
        request.platform.tenants.set_up,
        request.platform.invitations.list,
    )
    if found.state != "draft":
        return see_other("onboarding:progress", slug)
    need("update", found.can)
    context = {
        "slug": slug,
        "form": form,
        "business": found,
        "set_up": set_up,
        "obstacle": words.obstacle(set_up),
        "country": country_name(found.country),
        "currency": currency_name(found.currency),
        "time_zone": time_zone_name(found.time_zone),
        "invitations": invitations.results,
        "steps": words.wizard("onboarding:review", slug, set_up),
    }
    return render(request, "onboarding/review.html", context, status=form.status)


@page_with_form
def progress(request: PortalRequest, slug: str) -> HttpResponse:
    """What state it is in, what blocks it and who acts next; tells by itself while it goes on."""
    form = StartForm(request.POST or None)
    if form.is_valid():
        return _start(request, slug, form)
    set_up = request.platform.tenants.set_up()
    if set_up.state == "draft" and (page := _next_page(request, set_up)) != "onboarding:progress":
        return see_other(page, slug)
    if set_up.state in {"suspended", "archived"}:
        return see_other("business:state", slug)
    context = {
        "slug": slug,
        "form": form,
        "set_up": set_up,
        "stage": words.stage(set_up),
        "steps": words.shown_steps(set_up),
        "done_so_far": words.done_so_far(set_up),
        "obstacle": words.obstacle(set_up),
    }
    return render(request, "onboarding/progress.html", context)


def _next_page(request: PortalRequest, set_up: SetUp) -> str:
    may_fill_in = request.viewer is not None and request.viewer.can("tenant.update")
    return words.next_page(set_up, may_fill_in=may_fill_in)


def _start(request: PortalRequest, slug: str, form: StartForm) -> HttpResponse:
    """Begins, or tries again. Somebody may have been quicker, or something is missing still."""
    try:
        request.platform.tenants.start_set_up(idempotency_key=form.key)
    except Conflict as conflict:
        if conflict.code == "details-missing":
            return see_other("onboarding:business", slug, notice="details-missing")
        if conflict.code not in {"provisioning-running", "transition-refused"}:
            raise
    return see_other("onboarding:progress", slug)
