from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import TENANT_READ
from backend.common.api import ApiView
from backend.tenants.api.serializers import TenantSerializer
from backend.tenants.models import Tenant


class CurrentTenant(ApiView):
    abilities: ClassVar = {"GET": TENANT_READ}

    @extend_schema(responses=TenantSerializer)
    def get(self, request: Request) -> Response:
        """The tenant that the caller is in."""
        return Response(TenantSerializer(Tenant.objects.get(pk=self.tenant_id)).data)
