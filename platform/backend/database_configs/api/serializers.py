"""The shapes of replies, for the documentation. What comes in is in ``config_input``."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.common.api.lists import PageSerializer
from backend.database_configs.models import Engine, State, Status, TlsMode
from backend.database_configs.probe.checks import CODES


class DatabaseCheckShape(serializers.Serializer[Any]):
    code = serializers.ChoiceField(CODES)
    status = serializers.ChoiceField(["passed", "failed", "warning", "skipped"])
    reason = serializers.CharField(help_text="Stable; all of them: docs/api/database-checks.json")
    detail = serializers.CharField(help_text="The same as a sentence")
    figures = serializers.DictField(help_text="What was measured or found")


class DatabaseValidationShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(
        State.values, help_text="`abandoned`: overtaken by a change, or interrupted again and again"
    )
    is_current = serializers.BooleanField(help_text="Of the configuration as it is now")
    requested_by = serializers.CharField()
    requested_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    checks = DatabaseCheckShape(many=True, help_text="While it is running, those done so far")


class DatabaseConfigShape(serializers.Serializer[Any]):
    """A database configuration. The secret is never part of a reply."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    engine = serializers.ChoiceField(Engine.values)
    host = serializers.CharField()
    port = serializers.IntegerField()
    database = serializers.CharField()
    user = serializers.CharField()
    has_secret = serializers.BooleanField(help_text="Always true")
    tls_mode = serializers.ChoiceField(TlsMode.values)
    ca_certificate = serializers.CharField(help_text="PEM, or empty")
    status = serializers.ChoiceField(
        Status.values, help_text="Of the configuration as it is now: a change makes it `unchecked`"
    )
    version = serializers.IntegerField(help_text="Grows with every change; the ETag")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    last_validation = DatabaseValidationShape(allow_null=True)
    can = serializers.ListField(
        child=serializers.CharField(), help_text="Among: update, delete, validate"
    )


class DatabaseConfigsShape(serializers.Serializer[Any]):
    """All of them: there are ten at most."""

    results = DatabaseConfigShape(many=True)
    can = serializers.ListField(child=serializers.CharField(), help_text="Among: create")


class DatabaseValidationPageShape(PageSerializer):
    results = DatabaseValidationShape(many=True)
