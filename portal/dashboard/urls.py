from django.urls import path

from portal.dashboard import views

app_name = "dashboard"

urlpatterns = [
    path("", views.tenants, name="tenants"),
    path("<slug:slug>/", views.home, name="home"),
]
