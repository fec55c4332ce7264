"""Database configurations: list, add, read, change, delete, validate."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import DATABASE_CONFIGS_MANAGE, DATABASE_CONFIGS_READ
from backend.common.api import ApiView, KeysetPage, StrictSerializer, checked
from backend.common.api.examples import examples
from backend.common.api.lists import IF_MATCH, PAGE_PARAMETERS
from backend.common.etags import etag_of, require_match
from backend.database_configs.api import serializers
from backend.database_configs.api.permissions import list_actions
from backend.database_configs.api.shown import VALIDATION_FIELDS, configs_shown, validations
from backend.database_configs.config_input import DatabaseConfigInput
from backend.database_configs.errors import DatabaseConfigNotFound
from backend.database_configs.models import DatabaseConfig
from backend.database_configs.workflows.add_config import add_config
from backend.database_configs.workflows.change_config import change_config
from backend.database_configs.workflows.delete_config import delete_config
from backend.database_configs.workflows.find_configs import lock_config
from backend.database_configs.workflows.request_validation import request_validation

NEWEST_FIRST: Final = {"-requested": ("-requested_at", "-id")}


class DatabaseConfigView(ApiView):
    def reply_with(self, config_id: UUID, status: int = 200) -> Response:
        """The configuration as a reply, with its ETag."""
        found = configs_shown(self.caller, self.tenant_id, pk=config_id)
        if not found:
            raise DatabaseConfigNotFound
        return Response(found[0], status=status, headers={"ETag": etag_of(found[0]["version"])})

    def lock_seen(self, config_id: UUID) -> DatabaseConfig:
        """The configuration, locked, in the state that the caller has seen."""
        config = lock_config(self.tenant_id, config_id)
        require_match(self.request, etag_of(config.version))
        return config


class DatabaseConfigs(DatabaseConfigView):
    abilities: ClassVar = {"GET": DATABASE_CONFIGS_READ, "POST": DATABASE_CONFIGS_MANAGE}

    @extend_schema(
        operation_id="database_configs_list",
        responses=serializers.DatabaseConfigsShape,
        examples=examples("database-configs-list"),
    )
    def get(self, request: Request) -> Response:
        """The tenant's database configurations, by name."""
        found = configs_shown(self.caller, self.tenant_id)
        return Response({"results": found, "can": list_actions(self.caller, len(found))})

    @extend_schema(
        operation_id="database_configs_create",
        request=DatabaseConfigInput,
        responses={201: serializers.DatabaseConfigShape},
        examples=examples(
            "database-config-create",
            "database-config-create-invalid",
            "database-config-create-too-many",
        ),
    )
    def post(self, request: Request) -> Response:
        """Add a configuration, of at most ten. Nothing is connected to yet: see `validation/`."""
        values = checked(DatabaseConfigInput(data=request.data))
        config = add_config(self.tenant_id, values, by=self.actor)
        return self.reply_with(config.pk, status=201)


class DatabaseConfigDetail(DatabaseConfigView):
    abilities: ClassVar = {
        "GET": DATABASE_CONFIGS_READ,
        "PATCH": DATABASE_CONFIGS_MANAGE,
        "DELETE": DATABASE_CONFIGS_MANAGE,
    }
    problems: ClassVar = {"PATCH": ("412", "428"), "DELETE": ("412", "428")}

    @extend_schema(
        operation_id="database_configs_retrieve",
        responses=serializers.DatabaseConfigShape,
        examples=examples("database-config-retrieve", "database-config-not-found"),
    )
    def get(self, request: Request, config_id: UUID) -> Response:
        """One configuration, with its ETag and its last validation."""
        return self.reply_with(config_id)

    @extend_schema(
        operation_id="database_configs_update",
        parameters=[IF_MATCH],
        request=DatabaseConfigInput,
        responses=serializers.DatabaseConfigShape,
        examples=examples(
            "database-config-update",
            "database-config-update-moved",
            "database-config-update-stale",
        ),
    )
    def patch(self, request: Request, config_id: UUID) -> Response:
        """Change the given fields. Without `secret` it stays; another host or port needs it."""
        config = self.lock_seen(config_id)
        given = DatabaseConfigInput(config, data=request.data, partial=True)
        change_config(config, checked(given), by=self.actor)
        return self.reply_with(config_id)

    @extend_schema(
        operation_id="database_configs_destroy",
        parameters=[IF_MATCH],
        responses={204: None},
        examples=examples("database-config-delete"),
    )
    def delete(self, request: Request, config_id: UUID) -> Response:
        """Delete a configuration, its secret and its validations."""
        delete_config(self.lock_seen(config_id), by=self.actor)
        return Response(status=204)


class DatabaseConfigValidation(DatabaseConfigView):
    abilities: ClassVar = {"POST": DATABASE_CONFIGS_MANAGE}
    rate_class: ClassVar = {"POST": "bulk"}

    @extend_schema(
        operation_id="database_configs_validate",
        request=None,
        responses={202: serializers.DatabaseConfigShape},
        examples=examples("database-config-validate", "database-config-validate-running"),
    )
    def post(self, request: Request, config_id: UUID) -> Response:
        """Have the database looked at by a job: within half a minute the checks are there."""
        checked(StrictSerializer(data=request.data))
        request_validation(lock_config(self.tenant_id, config_id), by=self.actor)
        return self.reply_with(config_id, status=202)


class DatabaseConfigValidations(ApiView):
    abilities: ClassVar = {"GET": DATABASE_CONFIGS_READ}

    @extend_schema(
        operation_id="database_configs_validations_list",
        parameters=PAGE_PARAMETERS,
        responses=serializers.DatabaseValidationPageShape,
        examples=examples("database-config-validations-list"),
    )
    def get(self, request: Request, config_id: UUID) -> Response:
        """Past validations of a configuration, the newest first."""
        if not DatabaseConfig.objects.for_tenant(self.tenant_id).filter(pk=config_id).exists():
            raise DatabaseConfigNotFound
        page = KeysetPage(request, orders=NEWEST_FIRST, default="-requested")
        rows: Any = validations(self.tenant_id).filter(config_id=config_id)
        return Response(page.envelope(page.slice(rows.values(*VALIDATION_FIELDS))))
