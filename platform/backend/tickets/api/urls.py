from django.urls import path

from backend.tickets.api import attachments, messages, views

urlpatterns = [
    path("ticket-options/", views.TicketOptions.as_view(), name="ticket-options"),
    path("tickets/", views.Tickets.as_view(), name="tickets"),
    path("tickets/summary/", views.TicketSummary.as_view(), name="ticket-summary"),
    path("tickets/attachments/", attachments.Attachments.as_view(), name="ticket-attachments"),
    path("tickets/<uuid:ticket_id>/", views.TicketDetail.as_view(), name="ticket"),
    path(
        "tickets/<uuid:ticket_id>/messages/",
        messages.TicketMessages.as_view(),
        name="ticket-messages",
    ),
    path(
        "tickets/<uuid:ticket_id>/closure/",
        messages.TicketClosure.as_view(),
        name="ticket-closure",
    ),
    path(
        "tickets/<uuid:ticket_id>/reopening/",
        messages.TicketReopening.as_view(),
        name="ticket-reopening",
    ),
    path(
        "tickets/<uuid:ticket_id>/reading/",
        messages.TicketReadings.as_view(),
        name="ticket-reading",
    ),
    path(
        "tickets/<uuid:ticket_id>/attachments/<uuid:attachment_id>/link/",
        attachments.AttachmentLink.as_view(),
        name="ticket-attachment-link",
    ),
]
