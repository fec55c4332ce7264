"""The words for how a business is set up."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.api_client.tenants import SetUp
from portal.ui.components.steps import Step, StepState

Words = str | Promise

WIZARD = (
    ("onboarding:business", _("Business")),
    ("onboarding:money", _("Money and tax")),
    ("onboarding:people", _("People")),
    ("onboarding:review", _("Review")),
)

STEPS: dict[str, Words] = {
    "defaults": _("Currency, language and tax rates of your country"),
    "connectivity": _("A place for your data"),
    "schema": _("Everything in it is ready and protected"),
    "isolation": _("Nobody else can see it: tried and proven"),
    "opening": _("Opening your business"),
}

# The platform's obstacles that have a sentence of ours; of others its own is shown.
OBSTACLES: dict[str, Words] = {
    "details-missing": _("The company’s name and address are needed for invoices and receipts."),
    "database-unreachable": _(
        "The database didn’t answer as it should. Nothing is lost: try again in a moment."
    ),
    "database-unfit": _(
        "The database is too slow or too old at the moment. We have been told and look into it."
    ),
    "schema-incomplete": _(
        "Tavola itself is being updated. Nothing is lost: try again in a few minutes."
    ),
    "isolation-broken": _(
        "One of our own checks failed: businesses might not be kept apart. We have been told and "
        "look into it."
    ),
    "country-unknown": _(
        "We don’t know the tax rates of this country yet. We have been told and look into it."
    ),
    "interrupted": _("The set-up was interrupted. Nothing is lost: try again."),
    "unexpected": _("Something went wrong on our side. We have been told; you may try again."),
}

_STATES: dict[str, StepState] = {
    "waiting": "waiting",
    "running": "current",
    "done": "done",
    "failed": "failed",
}


class Stage(NamedTuple):
    """How far the set-up is, and who acts next."""

    title: Words
    lead: Words


PREPARED = Stage(
    _("This business is being prepared"),
    _("An owner or a manager is filling in its details. As soon as it’s open, you can use it."),
)
UNDER_WAY = Stage(
    _("Setting up your business"), _("We’re on it. There’s nothing that you need to do.")
)
YOUR_TURN = Stage(_("The set-up has stopped"), _("It’s your turn: please try again."))
TURN_OF_OWNERS = Stage(_("The set-up has stopped"), _("An owner of the business can try again."))
TURN_OF_SUPPORT = Stage(
    _("The set-up has stopped"),
    _("Our support is looking at it, and has been told. There’s nothing that you need to do."),
)
OPEN = Stage(_("Your business is open"), _("Everything is set up. Here is what to do first."))


def stage(set_up: SetUp) -> Stage:
    if set_up.state == "draft":
        return PREPARED
    if set_up.state != "provisioning":
        return OPEN
    if set_up.status != "failed":
        return UNDER_WAY
    if set_up.next_actor != "you":
        return TURN_OF_SUPPORT
    return YOUR_TURN if "retry" in set_up.can else TURN_OF_OWNERS


def wizard(here: str, slug: str, set_up: SetUp) -> list[Step]:
    """The pages of the set-up. Once nothing is missing one may go to each of them."""
    complete = set_up.blocked_by is None
    at = [name for name, _label in WIZARD].index(here)

    def state(index: int) -> StepState:
        if index == at:
            return "current"
        if index == 0:
            return "done" if complete else "missing"
        return "done" if index < at else "waiting"

    return [
        Step(
            str(label),
            state(index),
            url_name=name if index != at and (index < at or complete) else "",
            slug=slug,
        )
        for index, (name, label) in enumerate(WIZARD)
    ]


def shown_steps(set_up: SetUp) -> list[Step]:
    return [
        Step(str(STEPS.get(each.code, each.code)), _STATES.get(each.status, "waiting"))
        for each in set_up.steps
    ]


def done_so_far(set_up: SetUp) -> str:
    """In a sentence, for those who don't see the steps."""
    done = sum(each.status == "done" for each in set_up.steps)
    return gettext("%(done)s of %(all)s steps are done.") % {"done": done, "all": len(set_up.steps)}


def obstacle(set_up: SetUp) -> str:
    if set_up.blocked_by is None:
        return ""
    return str(OBSTACLES.get(set_up.blocked_by.code, set_up.blocked_by.detail))


def next_page(set_up: SetUp, *, may_fill_in: bool) -> str:
    """Where the set-up goes on, on whatever device."""
    if set_up.state != "draft" or not may_fill_in:
        return "onboarding:progress"
    return "onboarding:business" if set_up.blocked_by else "onboarding:review"
