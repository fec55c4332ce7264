"""Every address of the portal. Tenant pages live under `/t/<slug>/`."""

from importlib.util import find_spec

from django.urls import include, path

from portal.common import health

# An area of the site appears here, under its prefix, as soon as it exists.
AREAS = (
    ("", "portal.account"),
    ("", "portal.ui"),
    ("t/", "portal.dashboard"),
    ("t/<slug:slug>/customers/", "portal.crm"),
)


def _stands(area: str) -> bool:
    return bool(find_spec(area) and find_spec(f"{area}.urls"))


urlpatterns = [
    path("health/", health.live, name="health"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("status/", health.status, name="status"),
    *(path(prefix, include(f"{area}.urls")) for prefix, area in AREAS if _stands(area)),
]

handler400 = "portal.common.error_pages.bad_request"
handler403 = "portal.common.error_pages.forbidden"
handler404 = "portal.common.error_pages.missing"
handler500 = "portal.common.error_pages.broken"
