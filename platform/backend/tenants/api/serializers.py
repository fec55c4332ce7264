"""The shapes of replies, for the documentation. What comes in is in ``tenant_input``."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.common.api.lists import PageSerializer
from backend.tenants.models import State, Step

NEXT_ACTORS = ("you", "tavola", "support")


class TaxRateShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    percent = serializers.CharField(help_text='A decimal string: "13.50"')


class TenantShape(serializers.Serializer[Any]):
    """An empty string is none."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    legal_name = serializers.CharField()
    street = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1, two letters")
    currency = serializers.CharField(help_text="ISO 4217")
    vat_id = serializers.CharField(help_text="Without spaces, with its country's letters")
    time_zone = serializers.CharField(help_text="IANA name")
    language = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    state_since = serializers.DateTimeField()
    state_reason = serializers.CharField(
        help_text="Empty without a reason, and for who lacks the ability tenant.history"
    )
    next_actor = serializers.ChoiceField(
        NEXT_ACTORS, allow_null=True, help_text="Who has to act so that the tenant gets on"
    )
    created_at = serializers.DateTimeField()
    tax_rates = TaxRateShape(many=True)
    can = serializers.ListField(
        child=serializers.CharField(), help_text="Among: update, provision, export"
    )


class CountryShape(serializers.Serializer[Any]):
    """What a business of this country begins with."""

    code = serializers.CharField(help_text="ISO 3166-1, two letters")
    currency = serializers.CharField()
    language = serializers.CharField()
    time_zone = serializers.CharField()
    vat_id_example = serializers.CharField(help_text="Empty: the country has no VAT ids")


class CountriesShape(serializers.Serializer[Any]):
    results = CountryShape(many=True)


class TransitionShape(serializers.Serializer[Any]):
    from_state = serializers.CharField()
    to_state = serializers.CharField()
    changed_by = serializers.CharField(help_text="The name as it was")
    changed_by_kind = serializers.CharField(help_text="person, app, staff or system")
    changed_at = serializers.DateTimeField()
    reason = serializers.CharField()


class TransitionPageShape(PageSerializer):
    results = TransitionShape(many=True)


class ProvisioningStepShape(serializers.Serializer[Any]):
    code = serializers.ChoiceField(Step.choices)
    status = serializers.CharField(help_text="waiting, running, done or failed")
    detail = serializers.CharField(help_text="Figures that were found, or a sentence on a failure")
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class ObstacleShape(serializers.Serializer[Any]):
    code = serializers.CharField(
        help_text="details-missing, country-unknown, database-unreachable, database-unfit, "
        "schema-incomplete, isolation-broken, interrupted or unexpected"
    )
    detail = serializers.CharField()


class ProvisioningShape(serializers.Serializer[Any]):
    state = serializers.ChoiceField(State.choices)
    status = serializers.CharField(help_text="not-started, waiting, running, failed or done")
    attempt = serializers.IntegerField(help_text="0 before the first")
    steps = ProvisioningStepShape(many=True, help_text="All, in the order in which they are taken")
    blocked_by = ObstacleShape(allow_null=True)
    next_actor = serializers.ChoiceField(NEXT_ACTORS, allow_null=True)
    can = serializers.ListField(child=serializers.CharField(), help_text="Among: start, retry")
