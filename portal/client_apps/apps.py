from django.apps import AppConfig


class ClientAppsConfig(AppConfig):
    name = "portal.client_apps"
    label = "client_apps"
