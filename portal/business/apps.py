from django.apps import AppConfig


class BusinessConfig(AppConfig):
    name = "portal.business"
    label = "business"
