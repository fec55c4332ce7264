from django.urls import path

from portal.onboarding import views

app_name = "onboarding"

IN_A_BUSINESS = "t/<slug:slug>/onboarding/"

urlpatterns = [
    path("register/", views.register, name="register"),
    path(IN_A_BUSINESS, views.resume, name="resume"),
    path(f"{IN_A_BUSINESS}business/", views.business, name="business"),
    path(f"{IN_A_BUSINESS}money/", views.money, name="money"),
    path(f"{IN_A_BUSINESS}people/", views.people, name="people"),
    path(f"{IN_A_BUSINESS}review/", views.review, name="review"),
    path(f"{IN_A_BUSINESS}progress/", views.progress, name="progress"),
]
