from django.urls import path

from backend.exports.api import views

urlpatterns = [
    path("tenant/exports/", views.Exports.as_view(), name="tenant-exports"),
    path("tenant/exports/<uuid:export_id>/", views.ExportDetail.as_view(), name="tenant-export"),
    path(
        "tenant/exports/<uuid:export_id>/link/",
        views.ExportLink.as_view(),
        name="tenant-export-link",
    ),
]
