"""The business itself: its details, and the state it is in."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.api_client import parallel
from portal.api_client.tenants import Business, Transition
from portal.business.forms import ProfileForm
from portal.business.words import NEXT, POSSIBLE, StateWords, Words, state_words
from portal.common.abilities import need
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.onboarding.places import country_name, currency_name, time_zone_name


class Change(NamedTuple):
    transition: Transition
    words: StateWords


@page_with_form
def profile(request: PortalRequest, slug: str) -> HttpResponse:
    business = request.platform.tenants.get()
    form = ProfileForm(request.POST or None, business=business)
    if form.is_valid():
        need("update", business.can)
        with form.relaying():
            request.platform.tenants.update(form.values, idempotency_key=form.key)
            return see_other("business:profile", slug, notice="business-saved")
    context = {
        "slug": slug,
        "business": business,
        "form": form,
        "country": country_name(business.country),
        "currency": currency_name(business.currency),
        "time_zone": time_zone_name(business.time_zone),
        "state": state_words(business.state),
    }
    return render(request, "business/profile.html", context, status=form.status)


@require_safe
def state(request: PortalRequest, slug: str) -> HttpResponse:
    """Where the business stands, why, who acts next, and how it came there."""
    cursor = request.GET.get("cursor", "")
    business, history, billing = parallel(
        request.platform.tenants.get,
        lambda: request.platform.tenants.transitions(cursor=cursor),
        request.platform.billing.overview_if_allowed,
    )
    overdue = billing if billing and billing.overdue_minor else None
    suspended = business.state == "suspended"
    return render(
        request,
        "business/state.html",
        {
            "slug": slug,
            "business": business,
            "state": state_words(business.state),
            "possible": [each for each in POSSIBLE if _may(request, each.ability)],
            "overdue": overdue if suspended else None,
            "next": _who_acts_next(request, business),
            "history": [Change(each, state_words(each.to_state)) for each in history.results],
            "page": history,
        },
    )


def _who_acts_next(request: PortalRequest, business: Business) -> Words:
    """A suspended business waits for who may pay, which not everybody may who reads this."""
    who = business.next_actor
    if business.state == "suspended" and who == "you" and not _may(request, "billing.pay"):
        who = "payers"
    return NEXT.get(who, "")


def _may(request: PortalRequest, ability: str) -> bool:
    return request.viewer is not None and request.viewer.can(ability)
