from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.audit.actions import ACTIONS
from backend.common.api.lists import PageSerializer


class EventShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    action = serializers.ChoiceField(choices=sorted(ACTIONS))
    by_kind = serializers.ChoiceField(choices=["person", "app", "staff", "system"])
    by_name = serializers.CharField(help_text="As it was; empty where nobody is known")
    by_id = serializers.UUIDField(allow_null=True, help_text="The person's or the app's")
    address = serializers.CharField(allow_null=True, help_text="Of the visitor; IPv4 or IPv6")
    about_kind = serializers.CharField(help_text="Such as `client-app`; empty: about the business")
    about_id = serializers.UUIDField(allow_null=True)
    about_name = serializers.CharField(help_text="As it was")
    data = serializers.JSONField(  # type: ignore[assignment] # the model's name for it
        help_text="Small facts: before and after, numbers, a reason"
    )
    created_at = serializers.DateTimeField()


class EventPageShape(PageSerializer):
    results = EventShape(many=True)
