from django.urls import path

from backend.tenants.api import views

urlpatterns = [
    path("tenant/", views.CurrentTenant.as_view(), name="tenant"),
]
