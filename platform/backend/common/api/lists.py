"""How lists and input are declared and read, the same in every domain."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

PAGE_PARAMETERS: Final = [
    OpenApiParameter("cursor", description="From the page before or after"),
    OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 200; 50 unless told"),
]
IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    location=OpenApiParameter.HEADER,
    required=True,
    description="The ETag that was seen",
)


class PageSerializer(serializers.Serializer[Any]):
    """The shape of a page; `results` is each list's own."""

    next_cursor = serializers.CharField(allow_null=True)
    previous_cursor = serializers.CharField(allow_null=True)
