from django.urls import path

from backend.audit.api import views

urlpatterns = [
    path("audit-events/", views.Events.as_view(), name="audit-events"),
]
