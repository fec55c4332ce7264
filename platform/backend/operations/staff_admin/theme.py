"""How the staff admin looks: django-unfold's settings. In the portal's colours, as one house."""

from __future__ import annotations

from typing import Any, Final

from django.templatetags.static import static
from django.utils.functional import lazy

# The settings are read before there are static files to ask for.
_address = lazy(static, str)

UNFOLD: Final[dict[str, Any]] = {
    "SITE_TITLE": "Tavola",
    "SITE_HEADER": "Tavola",
    "SITE_SUBHEADER": "Staff admin",
    "SITE_URL": None,
    "SITE_SYMBOL": "restaurant",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": _address("operations/favicon.svg"),
        }
    ],
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": "backend.operations.staff_admin.navigation.environment",
    "DASHBOARD_CALLBACK": "backend.operations.staff_admin.dashboard.dashboard",
    "LOGIN": {"form": "backend.operations.staff_admin.sign_in.StaffSignInForm"},
    "SIDEBAR": {"navigation": "backend.operations.staff_admin.navigation.sidebar"},
    "STYLES": [_address("operations/staff_admin.css")],
    "BORDER_RADIUS": "8px",
    # The portal's ground and accent.
    "COLORS": {
        "base": {
            "50": "#faf9f6",
            "100": "#f4f2ec",
            "200": "#e6e3da",
            "300": "#d3cfc3",
            "400": "#a8a396",
            "500": "#6f6b61",
            "600": "#55524a",
            "700": "#403e38",
            "800": "#2b2a26",
            "900": "#1d1c18",
            "950": "#131210",
        },
        "primary": {
            "50": "#eef7f2",
            "100": "#e4f1ea",
            "200": "#b4d8c6",
            "300": "#86c0a5",
            "400": "#5fb08d",
            "500": "#46a07c",
            "600": "#1b6b50",
            "700": "#145740",
            "800": "#0f4733",
            "900": "#0c3829",
            "950": "#072219",
        },
    },
}
