from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import TENANT_EXPORT
from backend.common.api import ApiView, KeysetPage, StrictSerializer, checked
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS
from backend.exports.api import serializers
from backend.exports.errors import ExportNotFound
from backend.exports.models import State, TenantExport, file_name
from backend.exports.workflows.link_to_archive import link_to_archive
from backend.exports.workflows.request_export import obstacle_to_export, request_export

NEWEST_FIRST: Final = {"-created": ("-requested_at", "-id")}
FIELDS: Final = (
    "id", "requested_by", "finished_at", "tables_done", "tables_total", "rows", "bytes", "sha256",
    "expires_at", "failure",
)  # fmt: skip


class Exports(ApiView):
    abilities: ClassVar = {"GET": TENANT_EXPORT, "POST": TENANT_EXPORT}
    rate_class: ClassVar = {"POST": "bulk"}

    @extend_schema(
        operation_id="tenant_exports_list",
        parameters=PAGE_PARAMETERS,
        responses=serializers.ExportPageShape,
        examples=examples("exports-list"),
    )
    def get(self, request: Request) -> Response:
        """The tenant's exports, the newest first, and what stands in the way of another."""
        page = KeysetPage(request, orders=NEWEST_FIRST, default="-created")
        rows = page.slice(_rows(self.tenant_id))
        obstacle = obstacle_to_export(self.tenant_id)
        reply = page.envelope(
            rows,
            can=["create"],
            blocked_by=obstacle and {"code": obstacle.code, "detail": str(obstacle.detail)},
        )
        return Response(reply | {"results": [_shown(row, self.tenant.slug) for row in rows]})

    @extend_schema(
        operation_id="tenant_exports_create",
        request=None,
        responses={201: serializers.ExportShape},
        examples=examples("export-create", "export-create-unfinished"),
    )
    def post(self, request: Request) -> Response:
        """Have everything exported that the tenant owns. A job does it; look how far it is.

        One at a time and ten in 24 hours. The archive is a ZIP file of JSON lines with a manifest
        and the sums of its files, and is kept for seven days.
        """
        checked(StrictSerializer(data=request.data))
        export_id = request_export(self.tenant, by=self.actor)
        return Response(self._one(export_id), status=201)

    def _one(self, export_id: UUID) -> dict[str, Any]:
        return _shown(_rows(self.tenant_id).get(pk=export_id), self.tenant.slug)


class ExportDetail(ApiView):
    abilities: ClassVar = {"GET": TENANT_EXPORT}

    @extend_schema(
        operation_id="tenant_exports_retrieve",
        responses=serializers.ExportShape,
        examples=examples("export-retrieve", "export-not-found"),
    )
    def get(self, request: Request, export_id: UUID) -> Response:
        """One export: how far it is, or what came of it."""
        row = _rows(self.tenant_id).filter(pk=export_id).first()
        if row is None:
            raise ExportNotFound
        return Response(_shown(row, self.tenant.slug))


class ExportLink(ApiView):
    problems: ClassVar = {"POST": ("410",)}
    abilities: ClassVar = {"POST": TENANT_EXPORT}

    @extend_schema(
        operation_id="tenant_exports_link_create",
        request=None,
        responses={201: serializers.LinkShape},
        examples=examples("export-link", "export-link-not-ready", "export-link-expired"),
    )
    def post(self, request: Request, export_id: UUID) -> Response:
        """A link to download the archive, for five minutes. Each is put on record."""
        checked(StrictSerializer(data=request.data))
        link = link_to_archive(self.tenant, export_id, by=self.actor)
        return Response({"url": link.url, "expires_at": link.expires_at}, status=201)


def _rows(tenant_id: UUID) -> Any:
    exports = TenantExport.objects.for_tenant(tenant_id)
    return exports.values(*FIELDS, status=F("state"), requested_at=F("created_at"))


def _shown(row: Mapping[str, Any], slug: str) -> dict[str, Any]:
    is_there = row["status"] == State.READY and row["expires_at"] > timezone.now()
    return {
        **row,
        # Over is over, also while its file waits to be deleted.
        "status": State.EXPIRED if row["status"] == State.READY and not is_there else row["status"],
        "file_name": file_name(slug, row["requested_at"]),
        "can": ["download"] if is_there else [],
    }
