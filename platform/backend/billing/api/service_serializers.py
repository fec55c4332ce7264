"""What comes in about plans and services, and the shapes of replies."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from backend.billing.api.serializers import STATES
from backend.billing.workflows.cancel_service import When
from backend.common.api import StrictSerializer
from backend.common.api.fields import LineField
from backend.common.transitions import LONGEST_REASON
from backend.services.models import Interval, LimitName, State
from backend.services.models.change import Kind

WHEN: Final = [each.value for each in When]
_CAN_DO: Final = "What the caller may do with it now; among: "


def _actions(words: str) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), help_text=_CAN_DO + words)


class PlanInput(StrictSerializer):
    plan = serializers.CharField(max_length=50, help_text="Its key")
    interval = serializers.ChoiceField(Interval.values)


class PlanChangeInput(PlanInput):
    total_minor = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=10**13,
        help_text="As it was shown. Where it comes to something else by now nothing is changed, "
        "and 409 `quote-changed` says what it comes to.",
    )


class CancellationInput(StrictSerializer):
    at = serializers.ChoiceField(WHEN)
    reason = LineField(required=False, default="", allow_blank=True, max_length=LONGEST_REASON)


class OverageShape(serializers.Serializer[Any]):
    limit = serializers.ChoiceField(LimitName.values)
    unit_amount_minor = serializers.IntegerField(
        help_text="For each above the limit and interval, without tax"
    )


class PriceShape(serializers.Serializer[Any]):
    interval = serializers.ChoiceField(Interval.values)
    amount_minor = serializers.IntegerField(help_text="For one interval, without tax")
    currency = serializers.CharField()
    overages = OverageShape(many=True)


class PlanLimitShape(serializers.Serializer[Any]):
    limit = serializers.ChoiceField(LimitName.values)
    value = serializers.IntegerField(help_text="An add-on's is added to the plan's")


class PlanShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField(help_text="In the language that is asked for")
    is_addon = serializers.BooleanField(help_text="Comes on top of a plan")
    prices = PriceShape(many=True, help_text="In the business's currency")
    limits = PlanLimitShape(many=True, help_text="What isn't named has no limit")
    can = _actions("subscribe, switch")


class PlansShape(serializers.Serializer[Any]):
    results = PlanShape(many=True)


class NamedPlanShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField(help_text="As it was sold")
    is_addon = serializers.BooleanField()


class PlannedShape(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Kind.values)
    effective_on = serializers.DateField()
    to_plan = serializers.CharField(allow_null=True, help_text="Null for a cancellation")
    interval = serializers.ChoiceField(Interval.values, allow_null=True)
    amount_minor = serializers.IntegerField(allow_null=True)
    asked_by = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)


class OpenInvoiceShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    due_minor = serializers.IntegerField()
    due_on = serializers.DateField()


class ServiceShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    plan = NamedPlanShape()
    state = serializers.ChoiceField(State.values)
    interval = serializers.ChoiceField(Interval.values)
    amount_minor = serializers.IntegerField(help_text="For one interval, without tax, as sold")
    currency = serializers.CharField()
    period_start = serializers.DateField(allow_null=True, help_text="Null until it is active")
    period_end = serializers.DateField(allow_null=True, help_text="The first day after the period")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    planned = PlannedShape(allow_null=True)
    open_invoice = OpenInvoiceShape(
        allow_null=True, help_text="The first that is due; null also without `billing.read`"
    )
    can = _actions("change-plan, cancel, withdraw-change")


class UsageShape(serializers.Serializer[Any]):
    limit = serializers.ChoiceField(LimitName.values)
    used = serializers.IntegerField(
        allow_null=True, help_text="Null for a rate, which isn't a number of things"
    )
    included = serializers.IntegerField(allow_null=True, help_text="Null: as much as one likes")
    is_hard = serializers.BooleanField(help_text="Nothing can be had above it")
    overage_minor = serializers.IntegerField(
        allow_null=True, help_text="What each above it costs for one interval, without tax"
    )


class ServicesShape(serializers.Serializer[Any]):
    """Those that are current first, then those that ended; a hundred at most."""

    results = ServiceShape(many=True)
    usage = UsageShape(many=True)
    can = _actions("subscribe")


class ServiceTransitionShape(serializers.Serializer[Any]):
    from_state = serializers.ChoiceField(State.values)
    to_state = serializers.ChoiceField(State.values)
    changed_by = serializers.CharField()
    changed_at = serializers.DateTimeField()
    reason = serializers.CharField(allow_blank=True)


class ServiceChangeShape(PlannedShape):
    outcome = serializers.ChoiceField(["planned", "done", "withdrawn"])
    from_plan = serializers.CharField()
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_by = serializers.CharField(allow_blank=True)


class ServiceFullShape(ServiceShape):
    transitions = ServiceTransitionShape(many=True, help_text="The latest hundred, newest first")
    changes = ServiceChangeShape(many=True, help_text="The latest hundred, newest first")


class ServiceInvoiceShape(OpenInvoiceShape):
    state = serializers.ChoiceField(STATES)
    total_minor = serializers.IntegerField()
    currency = serializers.CharField()


class ServiceInvoicedShape(serializers.Serializer[Any]):
    service = ServiceShape()
    invoice = ServiceInvoiceShape(allow_null=True, help_text="Null where nothing is charged")


class QuotedPlanShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()


class ExceededShape(serializers.Serializer[Any]):
    limit = serializers.ChoiceField(LimitName.values)
    used = serializers.IntegerField()
    included = serializers.IntegerField()


class QuoteShape(serializers.Serializer[Any]):
    """All amounts but those with tax in their name, `total` and what follows are without tax."""

    plan = QuotedPlanShape()
    interval = serializers.ChoiceField(Interval.values)
    takes_effect = serializers.ChoiceField(WHEN)
    effective_on = serializers.DateField()
    unused_minor = serializers.IntegerField(help_text="Given back for the rest of the period")
    remaining_minor = serializers.IntegerField(help_text="Charged for it, or for a new period")
    overage_minor = serializers.IntegerField(
        help_text="Charged for what was above the limits in a month that a year takes the place of"
    )
    difference_minor = serializers.IntegerField(
        help_text="What is charged, less what is given back"
    )
    tax_minor = serializers.IntegerField()
    total_minor = serializers.IntegerField(help_text="Of the invoice, with tax")
    credit_used_minor = serializers.IntegerField(help_text="What the business's credit settles")
    to_pay_minor = serializers.IntegerField(help_text="What is left to pay")
    currency = serializers.CharField()
    next_amount_minor = serializers.IntegerField(
        help_text="For each interval from `next_on` on, without tax"
    )
    next_on = serializers.DateField()
    exceeded = ExceededShape(
        many=True,
        help_text="Of what there is more now than would be included. It can be changed to all the "
        "same: nothing is taken away, but nothing can be added, or what is above is charged.",
    )
