from django.urls import path

from backend.operations import views

urlpatterns = [
    path("health/", views.live),
    path("health/live", views.live),
    path("health/ready", views.ready),
]
