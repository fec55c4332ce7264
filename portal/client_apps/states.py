"""How an app and its keys are: in one or two words, and how loud they have to be said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.api_client.client_apps import AppItem, AppKey
from portal.client_apps.scopes import labels_of
from portal.ui.components.formats import count, in_days

# Time enough to reach whoever looks after the program.
SOON: Final = timedelta(days=14)
LABELS_SHOWN: Final = 2


class State(NamedTuple):
    label: str | Promise
    tone: str = "neutral"
    icon: str = ""


REVOKED: Final = State(gettext_lazy("Revoked"), icon="ban")
EXPIRED: Final = State(gettext_lazy("Expired"), icon="clock")
WORKS: Final = State(gettext_lazy("Works"), "success")
NO_KEY: Final = State(gettext_lazy("No key works"), "warning")


@dataclass(frozen=True, slots=True)
class AppRow:
    """An app in the list. Days are those of the business: the page asks, once it is in its zone."""

    app: AppItem

    @property
    def may(self) -> str:
        """What it may do, in one line: the first things, and how many more."""
        labels = labels_of(self.app.scopes)
        more = len(labels) - LABELS_SHOWN
        if more <= 0:
            return " · ".join(labels)
        rest = ngettext("%(number)s more", "%(number)s more", more) % {"number": count(more)}
        return " · ".join([*labels[:LABELS_SHOWN], rest])

    @property
    def state(self) -> State:
        """An end counts only when the last key comes to it."""
        if self.app.revoked_at:
            return REVOKED
        return _works_until(self.app.expires_at) if self.app.keys else NO_KEY


@dataclass(frozen=True, slots=True)
class KeyRow:
    key: AppKey

    @property
    def state(self) -> State:
        if self.key.revoked_at:
            return REVOKED
        return _works_until(self.key.expires_at) if self.key.usable else EXPIRED


def _works_until(ends: datetime | None) -> State:
    if ends is None or ends - timezone.now() >= SOON:
        return WORKS
    return State(_("Ends %(when)s") % {"when": _days_until(ends)}, "warning", "clock")


def _days_until(ends: datetime) -> str:
    """ "today", "tomorrow", "in 9 days": by the calendar where the business is."""
    days = (timezone.localtime(ends).date() - timezone.localdate()).days
    return in_days(max(days, 0))
