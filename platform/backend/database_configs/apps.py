from django.apps import AppConfig


class DatabaseConfigsConfig(AppConfig):
    name = "backend.database_configs"
    label = "database_configs"
    verbose_name = "Database configurations"
