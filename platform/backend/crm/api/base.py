"""What all endpoints of the CRM share."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter

from backend.common.api import PAGE_PARAMETERS, ApiView, checked

__all__ = ["CONTACT_PARAMETER", "IF_MATCH", "PAGE_PARAMETERS", "CrmView", "checked"]

CONTACT_PARAMETER = OpenApiParameter(
    "contact", enum=["none"], description="`none`: those with neither email address nor phone"
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    location=OpenApiParameter.HEADER,
    required=True,
    description="The ETag that was seen",
)

CrmView = ApiView
