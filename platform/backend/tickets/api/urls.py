from django.urls import path

from backend.tickets.api import attachments

urlpatterns = [
    path("tickets/attachments/", attachments.Attachments.as_view(), name="ticket-attachments"),
    path(
        "tickets/<uuid:ticket_id>/attachments/<uuid:attachment_id>/link/",
        attachments.AttachmentLink.as_view(),
        name="ticket-attachment-link",
    ),
]
