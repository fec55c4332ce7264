"""What is said in a ticket, and what ends it or lets it go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import TICKETS_READ, TICKETS_WRITE
from backend.common.api import KeysetPage, StrictSerializer, checked
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS
from backend.tickets.api import queries, serializers
from backend.tickets.api.shown import messages_shown
from backend.tickets.api.views import TicketView
from backend.tickets.errors import TicketMerged
from backend.tickets.models import Side
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.write_message import mark_read, reopen_ticket, write_message


class WritingView(TicketView):
    @contextmanager
    def writing_in(self, ticket_id: UUID) -> Iterator[None]:
        """Raises TicketNotFound first; of a merged ticket says where it goes on only to those who
        may see that."""
        row = self.row(ticket_id)
        try:
            yield
        except TicketMerged as error:
            if self.reader.may_see(row["merged_into__opened_by_id"]):
                raise
            raise TicketMerged from error

    def said(self, request: Request) -> dict[str, Any]:
        """The message as the workflows take it."""
        values = checked(serializers.MessageInput(data=request.data))
        return {
            "body": values["body"],
            "attachments": values.get("attachments", ()),
            "side": Side.CUSTOMER,
            "by": self.actor,
            "via": self.via,
        }


class TicketMessages(WritingView):
    abilities: ClassVar = {"GET": TICKETS_READ, "POST": TICKETS_WRITE}

    @extend_schema(
        operation_id="tickets_messages_list",
        parameters=PAGE_PARAMETERS,
        responses=serializers.MessagePageShape,
        examples=examples("ticket-messages-list"),
    )
    def get(self, request: Request, ticket_id: UUID) -> Response:
        """Messages of the ticket, and of what was merged into it, the newest first."""
        unread_since = self.row(ticket_id)["unread_since"]
        page = KeysetPage(request, orders=queries.NEWEST_FIRST, default="-created")
        rows = page.slice(queries.message_rows(self.viewer, ticket_id))
        reply = page.envelope(rows)
        return Response(reply | {"results": messages_shown(rows, self.reader, unread_since)})

    @extend_schema(
        operation_id="tickets_messages_create",
        request=serializers.MessageInput,
        responses={201: serializers.MessageShape},
        examples=examples(
            "ticket-reply",
            "ticket-reply-empty",
            "ticket-reply-too-long",
            "ticket-reply-closed",
            "ticket-reply-merged",
            "ticket-reply-attachments-unknown",
        ),
    )
    def post(self, request: Request, ticket_id: UUID) -> Response:
        """Write in a ticket that isn't closed. What was there before counts as read."""
        with self.writing_in(ticket_id):
            message = write_message(self.tenant_id, ticket_id, **self.said(request))
        rows = queries.message_row(self.tenant_id, message.pk)
        [shown] = messages_shown(rows, self.reader, None)
        return Response(shown, status=201)


class TicketClosure(WritingView):
    abilities: ClassVar = {"POST": TICKETS_WRITE}

    @extend_schema(
        operation_id="tickets_closure_create",
        request=serializers.ClosureInput,
        responses=serializers.TicketShape,
        examples=examples("ticket-close", "ticket-close-closed"),
    )
    def post(self, request: Request, ticket_id: UUID) -> Response:
        """Close a ticket. It can be reopened."""
        with self.writing_in(ticket_id):
            reason = checked(serializers.ClosureInput(data=request.data)).get("reason", "")
            close_ticket(self.tenant_id, ticket_id, by=self.actor, reason=reason)
        return self.ticket_reply(ticket_id)


class TicketReopening(WritingView):
    abilities: ClassVar = {"POST": TICKETS_WRITE}

    @extend_schema(
        operation_id="tickets_reopening_create",
        request=serializers.MessageInput,
        responses=serializers.TicketShape,
        examples=examples("ticket-reopen", "ticket-reopen-open"),
    )
    def post(self, request: Request, ticket_id: UUID) -> Response:
        """Let a closed ticket go on, with a message that says why."""
        with self.writing_in(ticket_id):
            reopen_ticket(self.tenant_id, ticket_id, **self.said(request))
        return self.ticket_reply(ticket_id)


class TicketReadings(TicketView):
    abilities: ClassVar = {"POST": TICKETS_READ}

    @extend_schema(
        operation_id="tickets_reading_create",
        request=None,
        responses={204: None},
        examples=examples("ticket-read"),
    )
    def post(self, request: Request, ticket_id: UUID) -> Response:
        """Say that all of the ticket was read until now."""
        checked(StrictSerializer(data=request.data))
        self.row(ticket_id)
        mark_read(self.tenant_id, ticket_id, self.viewer.id, until=timezone.now())
        return Response(status=204)
