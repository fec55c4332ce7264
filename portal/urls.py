"""Every address of the portal. Pages of a business live under `/t/<slug>/`."""

from django.urls import include, path

from portal.common import health

urlpatterns = [
    path("", include("portal.account.urls")),
    path("", include("portal.ui.urls")),
    path("t/", include("portal.dashboard.urls")),
    path("t/<slug:slug>/customers/", include("portal.crm.urls")),
    path("t/<slug:slug>/services/", include("portal.services.urls")),
    path("t/<slug:slug>/billing/", include("portal.billing.urls")),
    path("t/<slug:slug>/tickets/", include("portal.tickets.urls")),
    path("", include("portal.onboarding.urls")),
    path("t/<slug:slug>/settings/", include("portal.business.urls")),
    path("t/<slug:slug>/settings/members/", include("portal.members.urls")),
    path("t/<slug:slug>/settings/apps/", include("portal.client_apps.urls")),
    path("t/<slug:slug>/settings/databases/", include("portal.database_configs.urls")),
    path("t/<slug:slug>/settings/activity/", include("portal.activity.urls")),
    path("t/<slug:slug>/settings/export/", include("portal.exports.urls")),
    path("invitations/", include("portal.members.invitation_urls")),
    path("health/", health.live, name="health"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("status/", health.status, name="status"),
]

handler400 = "portal.common.error_pages.bad_request"
handler403 = "portal.common.error_pages.forbidden"
handler404 = "portal.common.error_pages.missing"
handler500 = "portal.common.error_pages.broken"
