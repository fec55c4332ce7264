from django.contrib import admin
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from backend.common import local_files, problems
from backend.operations.staff_admin import refusals

api = [
    path("", include("backend.accounts.api.urls")),
    path("", include("backend.tenants.api.urls")),
    path("", include("backend.client_apps.api.urls")),
    path("", include("backend.audit.api.urls")),
    path("", include("backend.database_configs.api.urls")),
    path("", include("backend.exports.api.urls")),
    path("", include("backend.crm.api.urls")),
    path("", include("backend.services.api.urls")),
    path("", include("backend.billing.api.urls")),
    path("", include("backend.billing.api.service_urls")),
    path("", include("backend.tickets.api.urls")),
]

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("", include("backend.operations.urls")),
    path("files/", local_files.serve, name="local-file"),
    path("files/upload/", local_files.receive, name="local-upload"),
    path("gateways/", include("backend.billing.notifications.urls")),
    path("gateways/", include("backend.tickets.webhooks.urls")),
    path("api/v1/", include(api)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^api/", csrf_exempt(problems.no_such_endpoint)),
    path("admin/", admin.site.urls),
]

handler400 = problems.handler400
handler403 = refusals.handler403
handler404 = refusals.handler404
handler500 = problems.handler500
