"""Parameters that several endpoints of the CRM take."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter

CONTACT_PARAMETER = OpenApiParameter(
    "contact", enum=["none"], description="`none`: those with neither email address nor phone"
)
