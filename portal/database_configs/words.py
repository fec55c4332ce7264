"""What the platform's words about databases are called here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from portal.api_client.database_configs import Check, Validation
from portal.database_configs.results import KINDS, RESULTS
from portal.ui.components.formats import count, day, locale

Text = str | Promise


class Label(NamedTuple):
    label: Text
    tone: str = "neutral"
    icon: str = ""


STATUSES: Final[dict[str, Label]] = {
    "unchecked": Label(gettext_lazy("Not checked yet"), icon="circle-dashed"),
    "validating": Label(gettext_lazy("Being checked"), icon="loader-circle"),
    "valid": Label(gettext_lazy("In order"), "success"),
    "invalid": Label(gettext_lazy("Not in order"), "danger"),
}
OUTCOMES: Final[dict[str, Label]] = {
    "waiting": Label(gettext_lazy("Waiting"), icon="clock"),
    "running": STATUSES["validating"],
    "valid": STATUSES["valid"],
    "invalid": STATUSES["invalid"],
    "abandoned": Label(gettext_lazy("Interrupted"), icon="circle-slash"),
}
# In the order in which they are looked at.
CHECKS: Final[dict[str, Text]] = {
    "address": pgettext_lazy("of a database", "Address"),
    "reachability": gettext_lazy("Connection"),
    "tls": gettext_lazy("Encryption"),
    "certificate": gettext_lazy("Certificate"),
    "authentication": gettext_lazy("User and password"),
    "version": gettext_lazy("Version"),
    "latency": gettext_lazy("Speed"),
    "privileges": gettext_lazy("Rights"),
    "rls": gettext_lazy("Row-level security"),
}
TLS_MODES: Final[dict[str, Text]] = {
    "verify-full": gettext_lazy("Encrypted, certificate and host name verified"),
    "verify-ca": gettext_lazy("Encrypted, certificate verified"),
    "require": gettext_lazy("Encrypted, nothing verified"),
    "disable": gettext_lazy("Not encrypted"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A check as the page shows it."""

    title: str
    verdict: str
    text: str = ""
    figure: str = ""


def findings_of(validation: Validation) -> list[Finding]:
    """What was found, and in a validation that goes on, what is still to come."""
    known = {check.code: check for check in validation.checks}
    found = [_found(known[code]) for code in CHECKS if code in known]
    if validation.finished_at is None:
        left = [str(title) for code, title in CHECKS.items() if code not in known]
        now = "current" if validation.status == "running" else "pending"
        found += [Finding(title, "pending" if at else now) for at, title in enumerate(left)]
    return found


def trouble_of(validation: Validation) -> str:
    """What failed, in one line."""
    failed = [check for check in validation.checks if check.status == "failed"]
    return " · ".join(_found(check).text for check in failed)


def _found(check: Check) -> Finding:
    if check.status == "skipped":
        return Finding(str(CHECKS[check.code]), "skipped")
    sentence = RESULTS.get(check.code, {}).get(check.reason)
    text = str(sentence) % _shown(check.figures) if sentence else check.detail
    figure = FIGURES[check.code](check.figures) if check.code in FIGURES else ""
    return Finding(str(CHECKS[check.code]), check.status, text, figure)


def _shown(figures: Mapping[str, Any]) -> dict[str, str]:
    """The figures as a reader expects them; names of things stay as they are."""
    shown = {name: str(value) for name, value in figures.items()}
    if "kind" in figures:
        shown["kind"] = str(KINDS.get(str(figures["kind"]), figures["kind"]))
    if "seconds" in figures:
        shown["seconds"] = count(int(figures["seconds"]))
    if "days" in figures:
        days = int(figures["days"])
        shown["days"] = ngettext("%(days)s day", "%(days)s days", days) % {"days": count(days)}
    return shown


def _until(figures: Mapping[str, Any]) -> str:
    if not figures.get("expires_at"):
        return ""
    ends = datetime.fromisoformat(str(figures["expires_at"]))
    return _("until %(day)s") % {"day": day(ends)}


def _milliseconds(figures: Mapping[str, Any]) -> str:
    if "median_ms" not in figures:
        return ""
    return _("%(number)s ms") % {"number": format_decimal(figures["median_ms"], locale=locale())}


FIGURES: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "tls": lambda figures: str(figures.get("protocol", "")),
    "certificate": _until,
    "version": lambda figures: str(figures.get("version", "")),
    "latency": _milliseconds,
}
