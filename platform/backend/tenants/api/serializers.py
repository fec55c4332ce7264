from __future__ import annotations

from typing import Any

from rest_framework import serializers


class TenantSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1, two letters")
    currency = serializers.CharField(help_text="ISO 4217")
    time_zone = serializers.CharField(help_text="IANA name")
    language = serializers.CharField()
    state = serializers.CharField()
    created_at = serializers.DateTimeField()
