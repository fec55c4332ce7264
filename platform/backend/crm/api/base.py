"""What all endpoints of the CRM share."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from backend.common.actor import Actor
from backend.common.api import ApiView, StrictSerializer

PAGE_PARAMETERS = [
    OpenApiParameter("cursor", description="From the page before or after"),
    OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 200; 50 unless told"),
]
CONTACT_PARAMETER = OpenApiParameter(
    "contact", enum=["none"], description="`none`: those with neither email address nor phone"
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    location=OpenApiParameter.HEADER,
    required=True,
    description="The ETag that was seen",
)


class CrmView(ApiView):
    """In whose name: settled when a handler runs."""

    @property
    def actor(self) -> Actor:
        return Actor.of(self.caller)


def checked(shape: StrictSerializer) -> dict[str, Any]:
    """The validated input; 400 where it is not valid."""
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)
