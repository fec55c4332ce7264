"""What happened in the business, for its owner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.activity import words
from portal.api_client.audit import Event
from portal.common.http import PortalRequest


class Entry(NamedTuple):
    event: Event
    sentence: str
    reason: str
    icon: str
    grave: str


class Day(NamedTuple):
    date: date
    entries: list[Entry]


@require_safe
def activity(request: PortalRequest, slug: str) -> HttpResponse:
    kind = request.GET.get("kind", "")
    kind = kind if kind in words.FAMILIES else ""
    by = _uuid(request.GET.get("by", ""))
    page = request.platform.audit.list(action=kind, by=by, cursor=request.GET.get("cursor", ""))
    zone = request.viewer.tenant.time_zone if request.viewer and request.viewer.tenant else "UTC"
    return render(
        request,
        "activity/list.html",
        {
            "slug": slug,
            "page": page,
            "days": _days(page.results, ZoneInfo(zone)),
            "kind": kind,
            "by": by,
            "by_name": next((words.who(e) for e in page.results if by and str(e.by_id) == by), ""),
            "kinds": [(word, label) for word, (label, _icon) in words.FAMILIES.items()],
            "narrowed": bool(kind or by or request.GET.get("cursor")),
        },
    )


def _days(events: Iterable[Event], zone: ZoneInfo) -> list[Day]:
    """By the day on which it happened where the business is."""
    by_day = groupby(events, key=lambda event: event.created_at.astimezone(zone).date())
    return [Day(day, [_entry(event) for event in group]) for day, group in by_day]


def _entry(event: Event) -> Entry:
    return Entry(
        event=event,
        sentence=words.sentence(event),
        reason=str(event.data.get("reason", "")),
        icon=words.icon(event),
        grave=str(words.GRAVE.get(event.action, "")),
    )


def _uuid(text: str) -> str:
    """A person's or an app's id out of the address; whatever else stands there means nobody."""
    try:
        return str(UUID(text)) if text else ""
    except ValueError:
        return ""
