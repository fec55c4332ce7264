"""The words for how a business is set up."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.api_client.tenants import Business, SetUp
from portal.ui.components.steps import Step, StepState

WIZARD = (
    ("onboarding:business", _("Business")),
    ("onboarding:money", _("Money and tax")),
    ("onboarding:review", _("Review")),
)

STEPS: dict[str, str | Promise] = {
    "defaults": _("Currency, language and tax rates of your country"),
    "connectivity": _("A place for your data"),
    "schema": _("Everything in it is ready and protected"),
    "isolation": _("Nobody else can see it: tried and proven"),
    "opening": _("Opening your business"),
}

# The platform's obstacles that have a sentence of ours; of others its own is shown.
OBSTACLES: dict[str, str | Promise] = {
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

NEXT: dict[str | None, str | Promise] = {
    "you": _("It’s your turn."),
    "tavola": _("We’re on it. There’s nothing you need to do."),
    "support": _(
        "Our support has to look at it, and has been told. There’s nothing you need to do."
    ),
    None: "",
}

_STATES: dict[str, StepState] = {
    "waiting": "waiting",
    "running": "current",
    "done": "done",
    "failed": "failed",
}


def wizard(here: str, slug: str) -> list[Step]:
    """The pages of the set-up, with those before this one behind us."""
    at = [name for name, _label in WIZARD].index(here)
    return [
        Step(
            str(label),
            "done" if index < at else "current" if index == at else "waiting",
            url_name=name if index < at else "",
            slug=slug,
        )
        for index, (name, label) in enumerate(WIZARD)
    ]


def shown_steps(set_up: SetUp) -> list[Step]:
    return [
        Step(str(STEPS.get(each.code, each.code)), _STATES.get(each.status, "waiting"))
        for each in set_up.steps
    ]


def obstacle(set_up: SetUp) -> str:
    if set_up.blocked_by is None:
        return ""
    return str(OBSTACLES.get(set_up.blocked_by.code, set_up.blocked_by.detail))


def next_page(business: Business) -> str:
    """Where the set-up goes on, on whatever device."""
    if business.state != "draft":
        return "onboarding:progress"
    return "onboarding:review" if business.has_address else "onboarding:business"
