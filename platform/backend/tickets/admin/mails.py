"""Which mails came in, and what became of them: for whoever is asked where one is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from backend.common.admin import ModelAdmin, ReadOnly, link_to
from backend.tickets.models import IncomingMail


@admin.register(IncomingMail)
class IncomingMailAdmin(ReadOnly, ModelAdmin):
    list_display = ("received_at", "outcome", "ticket", "mail_id")
    list_display_links = None
    list_filter = ("refusal",)
    list_select_related = ("message__ticket",)
    sortable_by = ()
    search_fields = ("mail_id__exact",)
    search_help_text = "Its Message-ID, as the sender has it"

    def get_queryset(self, request: HttpRequest) -> QuerySet[IncomingMail]:
        return IncomingMail.objects.order_by("-received_at", "-pk")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_view_permission(request)

    @display(description="what became of it", label={"": "success"})
    def outcome(self, mail: IncomingMail) -> tuple[str, str]:
        return mail.refusal, str(mail)

    @display(description="ticket")
    def ticket(self, mail: IncomingMail) -> SafeString | None:
        ticket = mail.message.ticket if mail.message else None
        return link_to(ticket, f"#{ticket.number}") if ticket else None
