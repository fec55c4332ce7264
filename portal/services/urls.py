"""Addresses of what a business has subscribed to, below `/t/<slug>/services/`."""

from django.urls import path

from portal.services.views import ending, overview, plans

app_name = "services"

urlpatterns = [
    path("", overview.services, name="list"),
    path("plans/", plans.choose, name="plans"),
    path("plans/<slug:key>/", plans.subscribe, name="subscribe"),
    path("<uuid:service_id>/", overview.service, name="detail"),
    path("<uuid:service_id>/plan/", plans.change, name="change"),
    path("<uuid:service_id>/plan/keep/", ending.keep_plan, name="keep-plan"),
    path("<uuid:service_id>/end/", ending.cancel, name="cancel"),
    path("<uuid:service_id>/end/keep/", ending.keep_service, name="keep-service"),
]
