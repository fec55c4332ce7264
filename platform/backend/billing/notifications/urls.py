from django.urls import path

from backend.billing.notifications import stripe_events

urlpatterns = [path("stripe/events/", stripe_events.receive, name="stripe-events")]
