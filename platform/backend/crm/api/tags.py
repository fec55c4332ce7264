from __future__ import annotations

from typing import ClassVar

from django.db.models import Count
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import CUSTOMERS_READ
from backend.common.api import ApiView
from backend.common.api.examples import examples
from backend.crm.api import serializers
from backend.crm.models import CustomerTag
from backend.crm.models.tag import MOST_TAGS


class Tags(ApiView):
    abilities: ClassVar = {"GET": CUSTOMERS_READ}

    @extend_schema(
        operation_id="tags_list",
        responses=serializers.TagsShape,
        examples=examples("crm-tags-list"),
    )
    def get(self, request: Request) -> Response:
        """All tags that customers carry, by name: 200 at most."""
        links = CustomerTag.objects.for_tenant(self.tenant_id)
        counted = links.values("tag_id", "tag__name", "tag__key").annotate(customers=Count("*"))
        rows = counted.order_by("tag__key").values_list("tag__name", "customers")[:MOST_TAGS]
        return Response({"results": [{"name": name, "customers": n} for name, n in rows]})
