"""Addresses of the export pages, below `/t/<slug>/settings/export/`."""

from django.urls import path

from portal.exports import views

app_name = "exports"

urlpatterns = [
    path("", views.exports, name="list"),
    path("<uuid:export_id>/download/", views.download, name="download"),
]
