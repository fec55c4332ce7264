"""What can go wrong with plans and services, as callers are told."""

from __future__ import annotations

from backend.common.problems import NotFound, Problem


class PlanNotFound(NotFound):
    """No such plan, or not in the tenant's currency, or not any more."""

    code = "plan-not-found"
    title = "No such plan is offered"


class ServiceNotFound(NotFound):
    code = "service-not-found"
    title = "No such service"


class AlreadySubscribed(Problem):
    """There is a plan, or this add-on, already: it can be changed."""

    status_code = 409
    code = "already-subscribed"
    title = "The business has subscribed to this already"


class PlanNeeded(Problem):
    """An add-on comes on top of a plan."""

    status_code = 409
    code = "plan-needed"
    title = "An add-on needs a plan first"


class SamePlan(Problem):
    status_code = 409
    code = "same-plan"
    title = "The service is on this plan already"


class ChangePlanned(Problem):
    """Take that back first, or wait."""

    status_code = 409
    code = "change-planned"
    title = "Something is planned for this service already"


class NothingPlanned(Problem):
    status_code = 409
    code = "nothing-planned"
    title = "Nothing is planned for this service"


class LimitReached(Problem):
    """`limit` names it, `included` is how much there may be, `used` how much there is."""

    status_code = 409
    code = "limit-reached"
    title = "The plan's limit is reached"
