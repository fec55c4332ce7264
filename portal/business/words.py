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
    title: Words
    means: Words
    """What can be done in this state."""
    icon: str


STATES: dict[str, StateWords] = {
    "draft": StateWords(
        _("Not set up yet"),
        "neutral",
        _("This business isn’t set up yet"),
        _("Its details can be filled in, and its set-up started."),
        "pencil",
    ),
    "provisioning": StateWords(
        _("Being set up"),
        "neutral",
        _("This business is being set up"),
        _("As soon as the set-up is done, everything can be used."),
        "hourglass",
    ),
    "active": StateWords(
        _("Open"),
        "success",
        _("This business is open"),
        _("Everything can be used."),
        "door-open",
    ),
    "suspended": StateWords(
        _("Suspended"),
        "warning",
        _("This business is suspended"),
        _("Nothing is lost. For now you can look at everything, but add and change nothing."),
        "pause",
    ),
    "archived": StateWords(
        _("Closed"),
        "neutral",
        _("This business is closed"),
        _("What it owns can still be exported, and nothing else."),
        "archive",
    ),
}

NEXT: dict[str | None, Words] = {
    "you": _("You"),
    "payers": _("Those who look after the money"),
    "tavola": _("We, by ourselves"),
    "support": _("Our support"),
    None: "",
}


class Possible(NamedTuple):
    """Something that is possible whatever the state, to those who have the ability."""

    ability: str
    label: Words
    url_name: str
    icon: str


POSSIBLE = (
    Possible("billing.pay", _("Pay what is due"), "billing:overview", "wallet"),
    Possible("tickets.write", _("Write to our support"), "tickets:list", "life-buoy"),
    Possible("services.read", _("See what it has subscribed to"), "services:list", "layers"),
    Possible("tenant.export", _("Export everything it owns"), "exports:list", "file-archive"),
    Possible("customers.read", _("Look at the customers"), "crm:list", "users-round"),
    Possible("members.read", _("See who belongs to it"), "members:list", "users"),
    Possible("audit.read", _("See what happened"), "activity:list", "history"),
    Possible("tenant.read", _("See its details"), "business:profile", "store"),
)


def state_words(state: str) -> StateWords:
    """Those of a state that only a newer platform knows are the state itself."""
    return STATES.get(state) or StateWords(state, "neutral", state, "", "circle-small")
