from django.apps import AppConfig


class ClientAppsConfig(AppConfig):
    name = "backend.client_apps"
    label = "client_apps"
    verbose_name = "Client apps"
