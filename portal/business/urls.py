from django.urls import path

from portal.business import views

app_name = "business"

urlpatterns = [
    path("", views.profile, name="profile"),
    path("state/", views.state, name="state"),
]
