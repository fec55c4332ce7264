"""The states of a business, in words for those who run it."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.ui.components.feedback import Tone

Words = str | Promise


class StateWords(NamedTuple):
    label: Words
    tone: Tone
    means: Words
    """What can be done in this state."""


STATES: dict[str, StateWords] = {
    "draft": StateWords(
        _("Not set up yet"), "neutral", _("Its details can be filled in, and its set-up started.")
    ),
    "provisioning": StateWords(
        _("Being set up"), "neutral", _("As soon as the set-up is done, everything can be used.")
    ),
    "active": StateWords(_("Open"), "success", _("Everything can be used.")),
    "suspended": StateWords(
        _("Suspended"),
        "warning",
        _("You can look at everything and export it. Nothing can be added or changed."),
    ),
    "archived": StateWords(
        _("Closed"), "neutral", _("What the business owns can still be exported, and nothing else.")
    ),
}

NEXT: dict[str | None, Words] = {
    "you": _("You"),
    "tavola": _("We, by ourselves"),
    "support": _("Our support"),
    None: "",
}
