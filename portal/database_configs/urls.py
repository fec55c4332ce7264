"""Addresses of the databases' pages, below `/t/<slug>/settings/databases/`."""

from django.urls import path

from portal.database_configs import views

app_name = "database_configs"

urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:config_id>/", views.detail, name="detail"),
    path("<uuid:config_id>/check/", views.validate, name="validate"),
    path("<uuid:config_id>/edit/", views.edit, name="edit"),
    path("<uuid:config_id>/delete/", views.delete, name="delete"),
    path("<uuid:config_id>/checks/", views.history, name="history"),
]
