"""What exports are called here: their states, why one failed, and what stands in the way."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class StateWords(NamedTuple):
    label: str | Promise
    tone: str
    icon: str


STATES = {
    "waiting": StateWords(_("Waiting"), "neutral", "clock"),
    "running": StateWords(_("Being made"), "neutral", "loader-circle"),
    "ready": StateWords(_("Ready"), "success", "circle-check"),
    "failed": StateWords(_("Failed"), "danger", "circle-alert"),
    "expired": StateWords(_("Deleted"), "neutral", "archive-x"),
}

FAILURES = {
    "store": _("The file couldn’t be stored. That is on our side, not on yours."),
    "reading": _("Your data couldn’t be read to the end. That is on our side, not on yours."),
    "interrupted": _("The work was interrupted again and again, and we stopped it."),
}


class ObstacleWords(NamedTuple):
    title: str | Promise
    text: str | Promise


OBSTACLES = {
    "storage-not-configured": ObstacleWords(
        _("Exports aren’t available at the moment"),
        _(
            "There is no place yet where we could keep the file for you. Please write to support: "
            "it has to be set up on our side."
        ),
    ),
    "export-limit-reached": ObstacleWords(
        _("Ten exports in 24 hours are the most"),
        _("You can make the next one when the first of them is a day old."),
    ),
}
