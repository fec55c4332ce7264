"""The shapes of replies, for the documentation: what goes out is built from `values()` rows."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.common.api.lists import PageSerializer
from backend.exports.models import Failure, State


class ExportShape(serializers.Serializer[Any]):
    """An archive of everything that the tenant owns, from when it was asked for."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(State.choices)
    file_name = serializers.CharField(help_text="What the archive is called once downloaded")
    requested_by = serializers.CharField(help_text="The name as it was")
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    tables_done = serializers.IntegerField()
    tables_total = serializers.IntegerField(help_text="0 until the work has begun")
    rows = serializers.IntegerField(help_text="Read so far, in the end all")
    bytes = serializers.IntegerField(help_text="Size of the archive; 0 until it is there")
    sha256 = serializers.CharField(help_text="Of the archive, hex; empty until it is there")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the archive is deleted")
    failure = serializers.ChoiceField(
        Failure.choices, allow_blank=True, help_text="Why there will be no archive"
    )
    can = serializers.ListField(child=serializers.CharField(), help_text="Among: download")


class ExportObstacle(serializers.Serializer[Any]):
    code = serializers.ChoiceField(
        ["storage-not-configured", "export-unfinished", "export-limit-reached"]
    )
    detail = serializers.CharField()


class ExportPageShape(PageSerializer):
    results = ExportShape(many=True)
    can = serializers.ListField(child=serializers.CharField(), help_text="Among: create")
    blocked_by = ExportObstacle(
        allow_null=True, help_text="Why no further export can be asked for now"
    )


class LinkShape(serializers.Serializer[Any]):
    """Whoever has the address can download the archive until it expires."""

    url = serializers.URLField()
    expires_at = serializers.DateTimeField()
