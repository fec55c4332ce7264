from django.urls import path

from backend.database_configs.api import views

urlpatterns = [
    path("database-configs/", views.DatabaseConfigs.as_view(), name="database-configs"),
    path(
        "database-configs/<uuid:config_id>/",
        views.DatabaseConfigDetail.as_view(),
        name="database-config",
    ),
    path(
        "database-configs/<uuid:config_id>/validation/",
        views.DatabaseConfigValidation.as_view(),
        name="database-config-validation",
    ),
    path(
        "database-configs/<uuid:config_id>/validations/",
        views.DatabaseConfigValidations.as_view(),
        name="database-config-validations",
    ),
]
