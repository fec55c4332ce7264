"""Addresses of the apps' pages, below `/t/<slug>/settings/apps/`."""

from django.urls import path

from portal.client_apps.views import apps, keys

app_name = "client_apps"

urlpatterns = [
    path("", apps.listing, name="list"),
    path("new/", apps.new, name="new"),
    path("<uuid:app_id>/", apps.detail, name="detail"),
    path("<uuid:app_id>/edit/", apps.edit, name="edit"),
    path("<uuid:app_id>/revoke/", apps.revoke, name="revoke"),
    path("<uuid:app_id>/new-key/", keys.rotate, name="rotate"),
    path("<uuid:app_id>/keys/<uuid:key_id>/revoke/", keys.revoke, name="revoke-key"),
]
