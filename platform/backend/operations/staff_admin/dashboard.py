"""The figures on the staff admin's start page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import connection, models
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.accounts.models import Person, Session
from backend.client_apps.models import AppKey
from backend.crm.models import Customer
from backend.operations import jobs
from backend.operations.staff_admin.cards import Attention, Bar, Figure, list_of
from backend.operations.staff_admin.money import Money
from backend.operations.staff_admin.support import Support
from backend.tenants.models import State, Tenant, stuck_tenants

DAYS: Final = 30
SHOWN: Final = 6
KEY_ENDS_SOON: Final = timedelta(days=14)
# From here on, the statistics of the table are near enough, and counting takes too long.
MANY: Final = 100_000
NEAREST: Final = 1_000


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds the figures of what this member of staff may look at."""
    user = request.user
    money, support = Money(user), Support(user)
    figures = [make() for permission, make in _FIGURES.items() if user.has_perm(permission)]
    context |= {
        "title": "Overview",
        "figures": [*figures, *support.figures(), *money.figures()],
        "attention": [*_attention(request), *support.attention(), *money.attention()],
        "pair_charts": [*support.charts(), *money.charts()],
    }
    if user.has_perm("accounts.view_person"):
        context |= {"sign_ups": _sign_ups(), "people": _newest(Person.objects.all())}
    if user.has_perm("tenants.view_tenant"):
        context["tenants"] = _newest(Tenant.objects.all())
    return context


def _tenants() -> Figure:
    by_state = dict(Tenant.objects.order_by().values_list("state").annotate(Count("pk")))
    states = tuple(
        f"{by_state[state]} {State(state).label.lower()}"
        for state in State.values
        if by_state.get(state)
    )
    total = intcomma(sum(by_state.values()))
    return Figure("Tenants", "storefront", total, states, list_of(Tenant))


def _customers() -> Figure:
    estimate = _estimated_rows(Customer)
    value = (
        f"≈ {intcomma(round(estimate / NEAREST) * NEAREST)}"
        if estimate >= MANY
        else intcomma(Customer.objects.present().count())
    )
    return Figure("Customers", "groups", value, ("of all tenants",), list_of(Customer))


def _people() -> Figure:
    since = timezone.now() - timedelta(days=DAYS)
    found = Person.objects.aggregate(
        total=Count("pk", filter=Q(is_active=True)),
        recent=Count("pk", filter=Q(created_at__gte=since)),
        staff=Count("pk", filter=Q(is_staff=True, is_active=True)),
    )
    notes = (f"{found['recent']} new in {DAYS} days", f"{found['staff']} staff")
    return Figure("People", "person", intcomma(found["total"]), notes, list_of(Person))


def _sessions() -> Figure:
    found = (
        Session.objects.live()
        .filter(person__isnull=False)
        .aggregate(
            total=Count("pk"),
            portal=Count("pk", filter=Q(surface=Session.Surface.PORTAL)),
            staff=Count("pk", filter=Q(surface=Session.Surface.STAFF)),
        )
    )
    notes = (f"{found['portal']} in the portal", f"{found['staff']} staff")
    return Figure("Signed in", "devices", intcomma(found["total"]), notes, list_of(Session))


def _jobs() -> Figure:
    failed, *others = jobs.counted("failed", "stalled", "trying again", "waiting").items()
    notes = tuple(f"{count} {state}" for state, count in others if count)
    address = f"{list_of(ProcrastinateJob)}?state={'failed' if failed[1] else ''}"
    return Figure("Failed jobs", "schedule", intcomma(failed[1]), notes, address)


_BAD_JOBS: Final = {
    "failed": ("A job has failed", "{} jobs have failed"),
    "stalled": ("A job’s worker is lost", "The workers of {} jobs are lost"),
}
_FIGURES: Final[dict[str, Callable[[], Figure]]] = {
    "tenants.view_tenant": _tenants,
    "crm.view_customer": _customers,
    "accounts.view_person": _people,
    "accounts.view_session": _sessions,
    "procrastinate.view_procrastinatejob": _jobs,
}


def _sign_ups() -> list[Bar]:
    first = timezone.now().date() - timedelta(days=DAYS - 1)
    counts = dict(
        Person.objects.filter(created_at__date__gte=first)
        .order_by()
        .annotate(day=TruncDate("created_at"))
        .values_list("day")
        .annotate(Count("pk"))
    )
    best = max([*counts.values(), 1])
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [Bar(day, counts.get(day, 0), round(100 * counts.get(day, 0) / best)) for day in days]


def _attention(request: HttpRequest) -> list[Attention]:
    found = []
    user = request.user
    if user.has_perm("procrastinate.view_procrastinatejob"):
        for state, count in jobs.counted(*_BAD_JOBS).items():
            one, many = _BAD_JOBS[state]
            if count:
                text = one if count == 1 else many.format(count)
                found.append(Attention(text, f"{list_of(ProcrastinateJob)}?state={state}"))
    if user.has_perm("tenants.view_tenant"):
        found += [
            Attention(
                f"The set-up of {tenant} has failed",
                reverse("admin:tenants_tenant_change", args=[tenant.pk]),
            )
            for tenant in _newest(stuck_tenants())
        ]
    if user.has_perm("client_apps.view_clientapp"):
        soon = AppKey.objects.usable().filter(expires_at__lt=timezone.now() + KEY_ENDS_SOON)
        found += [
            Attention(
                f"The key {key} of {key.app} expires on {key.expires_at:%-d %B}",
                reverse("admin:client_apps_clientapp_change", args=[key.app_id]),
            )
            for key in soon.select_related("app").order_by("expires_at")[:SHOWN]
        ]
    return found


def _newest(rows: QuerySet[Any]) -> list[Any]:
    """By the key, which is made in the order of time and has an index."""
    return list(rows.order_by("-pk")[:SHOWN])


def _estimated_rows(model: type[models.Model]) -> int:
    """As of the table's last analysis; -1 where there was none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
            [model._meta.db_table],
        )
        return int(cursor.fetchone()[0])
