from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from portal.api_client import parallel
from portal.api_client.reports import Dashboard
from portal.business.words import state_words
from portal.common.http import PortalRequest
from portal.dashboard import attention
from portal.tickets.words import shown_count
from portal.ui.components.figures import Point, trend_of
from portal.ui.components.formats import count, day_and_month


@require_safe
def tenants(request: PortalRequest) -> HttpResponse:
    """The businesses to choose from; with only one there is nothing to choose."""
    profile = request.platform.me.get()
    if len(profile.tenants) == 1:
        only = resolve_url("dashboard:home", profile.tenants[0].slug)
        query = request.META["QUERY_STRING"]
        return HttpResponseRedirect(f"{only}?{query}" if query else only)
    memberships = [(each, state_words(each.state)) for each in profile.tenants]
    return render(request, "dashboard/tenants.html", {"memberships": memberships})


@require_safe
def home(request: PortalRequest, slug: str) -> HttpResponse:
    dashboard, billing, tickets = parallel(
        request.platform.reports.dashboard,
        request.platform.billing.overview_if_allowed,
        request.platform.tickets.summary_if_allowed,
    )
    request.markers["tickets"] = shown_count(tickets.unread) if tickets else ""
    return render(
        request,
        "dashboard/home.html",
        {
            "slug": slug,
            "dashboard": dashboard,
            "first_run": not dashboard.customers_total,
            "attention": [
                *attention.about_money(billing, slug),
                *attention.about_tickets(tickets, slug),
                *attention.items(dashboard.attention, slug),
            ],
            "points": [
                Point(day_and_month(each.date), each.count) for each in dashboard.new_by_day
            ],
            "summary": _summary(dashboard),
            "trend": trend_of(dashboard.customers_new_30d, dashboard.customers_new_previous_30d),
            "change": _change(dashboard),
        },
    )


def _summary(dashboard: Dashboard) -> str:
    """The chart in a sentence."""
    best = max(dashboard.new_by_day, key=lambda each: each.count, default=None)
    if best is None or not best.count:
        return _("Nobody new in these 30 days.")
    return _("%(total)s in 30 days; most on %(day)s, with %(most)s.") % {
        "total": count(dashboard.customers_new_30d),
        "day": day_and_month(best.date),
        "most": count(best.count),
    }


def _change(dashboard: Dashboard) -> str:
    """The last 30 days against the 30 before."""
    difference = dashboard.customers_new_30d - dashboard.customers_new_previous_30d
    if not difference:
        return _("as many as in the 30 days before")
    if difference > 0:
        text = ngettext(
            "%(number)s more than in the 30 days before",
            "%(number)s more than in the 30 days before",
            difference,
        )
    else:
        text = ngettext(
            "%(number)s fewer than in the 30 days before",
            "%(number)s fewer than in the 30 days before",
            -difference,
        )
    return text % {"number": count(abs(difference))}
