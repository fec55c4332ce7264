from django.urls import URLPattern

app_name = "client_apps"

urlpatterns: list[URLPattern] = []
