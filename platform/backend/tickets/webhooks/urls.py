from django.urls import path

from backend.tickets.webhooks import inbound

urlpatterns = [path("mail/<slug:provider>/", inbound.receive, name="incoming-mail")]
