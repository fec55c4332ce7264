from django.urls import path

from backend.billing.api import service_views as views

urlpatterns = [
    path("plans/", views.Plans.as_view(), name="plans"),
    path("services/", views.Services.as_view(), name="services"),
    path("services/<uuid:service_id>/", views.ServiceDetail.as_view(), name="service"),
    path(
        "services/<uuid:service_id>/plan-change/",
        views.ServicePlanChange.as_view(),
        name="service-plan-change",
    ),
    path(
        "services/<uuid:service_id>/cancellation/",
        views.ServiceCancellation.as_view(),
        name="service-cancellation",
    ),
]
