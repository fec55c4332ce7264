from django.urls import URLPattern

app_name = "database_configs"

urlpatterns: list[URLPattern] = []
