"""Addresses of the pages about tickets, below `/t/<slug>/tickets/`."""

from django.urls import path

from portal.tickets.views import attachments, listing, opening, thread, writing

app_name = "tickets"

urlpatterns = [
    path("", listing.tickets, name="list"),
    path("new/", opening.new, name="new"),
    path("attachments/", attachments.announce, name="announce"),
    path("<uuid:ticket_id>/", thread.detail, name="detail"),
    path("<uuid:ticket_id>/earlier/", thread.earlier, name="earlier"),
    path("<uuid:ticket_id>/reply/", writing.reply, name="reply"),
    path("<uuid:ticket_id>/reopen/", writing.reopen, name="reopen"),
    path("<uuid:ticket_id>/close/", writing.close, name="close"),
    path(
        "<uuid:ticket_id>/attachments/<uuid:attachment_id>/",
        attachments.download,
        name="attachment",
    ),
]
