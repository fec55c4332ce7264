"""What was decided for the end of a service's period, once that day has come."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from backend.audit.recording import record
from backend.billing.workflows.cancel_service import end_service
from backend.common.actor import Actor
from backend.services.models import Service, ServiceChange
from backend.services.models.change import Kind, Outcome
from backend.services.models.service import IN_USE


@transaction.atomic
def apply_planned(service: Service, today: date, by: Actor) -> bool:
    """Carries out what is planned for `today` or before. False: the service has ended.

    Another plan: the service has its terms from now on and still its old period, so that the use
    of that one is charged before this, by the old terms, and `renew` after it goes on by the new
    ones. An end: the service is cancelled, and if it was the plan its add-ons too. The caller holds
    the account's and the service's lock. Needs the owner's rights.
    """
    planned = ServiceChange.objects.for_tenant(service.tenant_id).planned()
    due: ServiceChange | None = (
        planned.filter(service=service, effective_on__lte=today).select_related("plan").first()
    )
    if due is None:
        return service.state in IN_USE
    due.settle(Outcome.DONE, by=by)
    if due.kind == Kind.CANCELLATION:
        end_service(service, by=by, reason=due.reason)
    else:
        switch(service, due, by=by)
    return service.state in IN_USE


def switch(
    service: Service, change: ServiceChange, *, by: Actor, begins: date | None = None
) -> None:
    """Gives a service the terms of a change, and puts that on record."""
    service.switch_to(change.terms, begins=begins)
    record(
        "service.plan-changed",
        tenant_id=service.tenant_id,
        by=by,
        about=service.about,
        data={
            "from": change.from_plan,
            "to": change.to_plan,
            "interval": service.interval,
            "amount_minor": service.amount_minor,
            "currency": service.currency,
        },
    )
