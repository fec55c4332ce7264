"""What plans, services and their limits are called here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.api_client.services import Plan, Price, Service, Usage
from portal.ui.components.formats import count, day, money

Words = str | Promise
NEAR_PERCENT: Final = 80


class StateWords(NamedTuple):
    label: Words
    tone: str
    icon: str


STATES: Final[Mapping[str, StateWords]] = {
    "pending": StateWords(gettext_lazy("Waits for its first payment"), "warning", "hourglass"),
    "active": StateWords(gettext_lazy("Active"), "success", "circle-check"),
    "past_due": StateWords(gettext_lazy("Payment overdue"), "danger", "circle-alert"),
    "cancelled": StateWords(gettext_lazy("Ended"), "neutral", "circle-slash"),
}

LIMITS: Final[Mapping[str, Words]] = {
    "members": gettext_lazy("People"),
    "client_apps": gettext_lazy("Apps"),
    "customers": gettext_lazy("Customers"),
    "open_tickets": gettext_lazy("Open tickets"),
    "api_requests_per_minute": gettext_lazy("Requests of apps a minute"),
}
WITHOUT_LIMIT: Final[Mapping[str, Words]] = {
    "members": gettext_lazy("As many people as you like"),
    "client_apps": gettext_lazy("As many apps as you like"),
    "customers": gettext_lazy("As many customers as you like"),
    "open_tickets": gettext_lazy("As many open tickets as you like"),
    "api_requests_per_minute": gettext_lazy("Apps may ask as often as they like"),
}
INCLUDED: Final[Mapping[str, Callable[[int], str]]] = {
    "members": lambda n: ngettext("%(number)s person", "%(number)s people", n),
    "client_apps": lambda n: ngettext("%(number)s app", "%(number)s apps", n),
    "customers": lambda n: ngettext("%(number)s customer", "%(number)s customers", n),
    "open_tickets": lambda n: ngettext("%(number)s open ticket", "%(number)s open tickets", n),
    "api_requests_per_minute": lambda n: ngettext(
        "%(number)s request of apps a minute", "%(number)s requests of apps a minute", n
    ),
}
INTERVALS: Final[Mapping[str, Words]] = {
    "month": gettext_lazy("Monthly"),
    "year": gettext_lazy("Yearly"),
}


def state_words(state: str) -> StateWords:
    """Those of a state that only a newer platform knows are the state itself."""
    return STATES.get(state) or StateWords(state, "neutral", "circle-small")


def limit_name(limit: str) -> Words:
    return LIMITS.get(limit, limit)


def rate(amount_minor: int, currency: str, interval: str) -> str:
    """ "€49.00 a month"."""
    return with_interval(money(amount_minor, currency), interval)


def with_interval(amount: str, interval: str) -> str:
    texts = {"month": _("%(amount)s a month"), "year": _("%(amount)s a year")}
    return texts.get(interval, "%(amount)s") % {"amount": amount}


def included(limit: str, value: int) -> str:
    """ "15 people"."""
    pattern = INCLUDED.get(limit)
    text = pattern(value) if pattern else f"%(number)s {limit}"
    return text % {"number": count(value)}


def above(price: Price, limit: str) -> str:
    """What each unit above the limit costs; empty where there can be none."""
    for each in price.overages:
        if each.limit == limit:
            amount = rate(each.unit_amount_minor, price.currency, price.interval)
            return _("then %(price)s for each further one") % {"price": amount}
    return ""


class Feature(NamedTuple):
    text: Words
    more: str = ""


def features(plan: Plan, price: Price) -> list[Feature]:
    """What is in a plan; an add-on says only what it adds."""
    limits = {each.limit: each.value for each in plan.limits}
    if plan.is_addon:
        return [Feature(_("+ %(what)s") % {"what": included(*each)}) for each in limits.items()]
    return [
        Feature(included(limit, limits[limit]), above(price, limit))
        if limit in limits
        else Feature(WITHOUT_LIMIT[limit])
        for limit in WITHOUT_LIMIT
    ]


class UsageRow(NamedTuple):
    """A limit as the page shows it: the picture says nothing that the words don't."""

    label: Words
    figure: str
    text: str = ""
    tone: str = "calm"
    percent: int | None = None


def usage_rows(usage: Iterable[Usage], service: Service | None) -> list[UsageRow]:
    return [_usage_row(each, service) for each in usage]


def _usage_row(usage: Usage, service: Service | None) -> UsageRow:
    label = limit_name(usage.limit)
    if usage.used is None:
        most = _("no limit")
        if usage.included is not None:
            most = _("up to %(most)s") % {"most": count(usage.included)}
        return UsageRow(label, most)
    if usage.included is None:
        return UsageRow(label, _("%(used)s, without a limit") % {"used": count(usage.used)})
    figure = _("%(used)s of %(included)s") % {
        "used": count(usage.used),
        "included": count(usage.included),
    }
    left = usage.included - usage.used
    if left < 0:
        tone = "over" if usage.overage_minor is None else "near"
        return UsageRow(label, figure, _over(usage, -left, service), tone, 100)
    percent = usage.used * 100 // usage.included if usage.included else 100
    if percent < NEAR_PERCENT:
        return UsageRow(label, figure, "", "calm", percent)
    return UsageRow(label, figure, _near(usage, left), "near", percent)


def _near(usage: Usage, left: int) -> str:
    if left:
        return ngettext("Only %(left)s left.", "Only %(left)s left.", left) % {"left": count(left)}
    if usage.is_hard:
        return _("All of it is used: for more, choose a larger plan.")
    return _("All of it is used.")


def _over(usage: Usage, more: int, service: Service | None) -> str:
    said = ngettext("%(number)s more than included", "%(number)s more than included", more) % {
        "number": count(more)
    }
    if usage.overage_minor is not None and service is not None:
        price = rate(usage.overage_minor, service.currency, service.interval)
        return _("%(more)s, at %(price)s each.") % {"more": said, "price": price}
    if usage.is_hard:
        return _("%(more)s: nothing can be added.") % {"more": said}
    return f"{said}."


def what_is_planned(service: Service) -> str:
    """What was decided, in a sentence; empty if nothing was."""
    planned = service.planned
    if planned is None:
        return ""
    if planned.kind == "cancellation":
        return _("Ends on %(day)s. Until then everything stays as it is.") % {
            "day": day(planned.effective_on)
        }
    price = rate(planned.amount_minor or 0, service.currency, planned.interval or service.interval)
    return _("Becomes %(plan)s on %(day)s, for %(price)s.") % {
        "plan": planned.to_plan,
        "day": day(planned.effective_on),
        "price": price,
    }


def what_comes(service: Service) -> str:
    """How the period goes on: the second line of a service."""
    if service.state == "cancelled":
        if service.period_start is None or service.ended_at is None:
            return _("It never began.")
        return _("Ended on %(day)s.") % {"day": day(service.ended_at)}
    if service.period_end is None:
        return _("Begins on the day of its first payment.")
    if service.planned:
        when = day(service.planned.effective_on)
        if service.planned.kind == "cancellation":
            return _("Ends on %(day)s.") % {"day": when}
        return _("Becomes %(plan)s on %(day)s.") % {"plan": service.planned.to_plan, "day": when}
    return _("Renews on %(day)s.") % {"day": day(service.period_end)}
