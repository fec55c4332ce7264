from django.urls import path

from backend.client_apps.api import views

urlpatterns = [
    path("client-apps/", views.Apps.as_view(), name="client-apps"),
    path("client-apps/<uuid:app_id>/", views.AppDetail.as_view(), name="client-app"),
    path("client-apps/<uuid:app_id>/keys/", views.AppKeys.as_view(), name="client-app-keys"),
    path(
        "client-apps/<uuid:app_id>/keys/<uuid:key_id>/",
        views.AppKeyDetail.as_view(),
        name="client-app-key",
    ),
]
