from django.apps import AppConfig


class DatabaseConfigsConfig(AppConfig):
    name = "portal.database_configs"
    label = "database_configs"
