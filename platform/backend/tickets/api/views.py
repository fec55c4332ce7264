"""Tickets: what can be asked, list, open, count what is new."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from backend.billing.models import Invoice
from backend.common.abilities import TICKETS_READ, TICKETS_WRITE
from backend.common.api import ApiView, KeysetPage, checked
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS
from backend.common.tenancy import owner_scope
from backend.services.models import Service
from backend.tickets.api import queries, serializers
from backend.tickets.api.permissions import list_actions
from backend.tickets.api.shown import Reader, links_shown, messages_shown, ticket_shown
from backend.tickets.errors import LinkForbidden, TicketNotFound
from backend.tickets.kinds import KINDS
from backend.tickets.levels import hours_of
from backend.tickets.models import Department, State, Via
from backend.tickets.models.attachment import LARGEST_FILE, MOST_OF_A_MESSAGE
from backend.tickets.viewers import Viewer
from backend.tickets.workflows.open_ticket import Matter, open_ticket

MOST_COUNTED: Final = 100


class TicketView(ApiView):
    """An endpoint about tickets. Those that the caller may not see aren't there."""

    @property
    def viewer(self) -> Viewer:
        return Viewer.of(self.caller)

    @property
    def reader(self) -> Reader:
        return Reader.of(self.caller)

    @property
    def via(self) -> Via:
        return Via.PORTAL if self.caller.is_portal else Via.API

    def row(self, ticket_id: UUID, *more: str) -> dict[str, Any]:
        """Raises TicketNotFound. One query."""
        rows = queries.ticket_rows(self.viewer).filter(pk=ticket_id)
        found: dict[str, Any] | None = rows.values(*queries.TICKET_FIELDS, *more).first()
        if found is None:
            raise TicketNotFound
        return found

    def ticket_reply(self, ticket_id: UUID) -> Response:
        """Two queries."""
        row = self.row(ticket_id)
        return Response(ticket_shown(row, self.reader, queries.departments()))

    def detail_reply(self, request: Request, ticket_id: UUID, status: int = 200) -> Response:
        """Five queries, however much was said."""
        reader = self.reader
        row = self.row(ticket_id, *queries.LINK_FIELDS)
        page = KeysetPage(request, orders=queries.NEWEST_FIRST, default="-created")
        messages = page.slice(queries.message_rows(reader.viewer, ticket_id))
        shown = ticket_shown(row, reader, queries.departments()) | links_shown(row, reader.viewer)
        shown["messages"] = messages_shown(messages[::-1], reader, row["unread_since"])
        shown["earlier_cursor"] = page.envelope(messages)["next_cursor"]
        return Response(shown, status=status)


class TicketOptions(TicketView):
    abilities: ClassVar = {"GET": TICKETS_WRITE}

    @extend_schema(
        operation_id="ticket_options_retrieve",
        responses=serializers.TicketOptionsShape,
        examples=examples("ticket-options"),
    )
    def get(self, request: Request) -> Response:
        """What a new ticket can be: its departments, how soon each priority is answered, files."""
        reader = self.reader
        with owner_scope():
            offered = list(Department.objects.offered())
        departments = [
            reader.department(each) | {"summary": each.summary_in(reader.language)}
            for each in offered
        ]
        priorities = [
            {"key": priority, "answer_within_hours": hours}
            for priority, hours in hours_of(self.tenant_id).items()
        ]
        kinds = [
            {"content_type": kind.content_type, "extension": f".{extension}"}
            for kind in KINDS
            for extension in kind.extensions
        ]
        attachments = {"kinds": kinds, "max_bytes": LARGEST_FILE, "most": MOST_OF_A_MESSAGE}
        return Response(
            {"departments": departments, "priorities": priorities, "attachments": attachments}
        )


class Tickets(TicketView):
    abilities: ClassVar = {"GET": TICKETS_READ, "POST": TICKETS_WRITE}

    @extend_schema(
        operation_id="tickets_list",
        parameters=[
            OpenApiParameter(
                "state",
                enum=list(queries.STATES),
                description="`open`: all that aren't closed; `awaiting_staff`: all that support "
                "hasn't answered",
            ),
            OpenApiParameter("department", description="Its key"),
            OpenApiParameter("unread", enum=["true"], description="Only those with news for you"),
            OpenApiParameter(
                "q",
                description="A number, such as `12` or `#12`, or beginnings of words in the "
                "subject and the messages, in any order, case and accent",
            ),
            *PAGE_PARAMETERS,
        ],
        responses=serializers.TicketPageShape,
        examples=examples("tickets-list", "tickets-list-empty"),
    )
    def get(self, request: Request) -> Response:
        """Tickets, those with the newest activity first: with `tickets.read-all` everybody's, else
        those that one has opened oneself."""
        departments, reader = queries.departments(), self.reader
        page, rows = queries.Wanted.of(request, departments).page(request, reader.viewer)
        reply = page.envelope(rows, can=list_actions(reader.viewer))
        return Response(
            reply | {"results": [ticket_shown(row, reader, departments) for row in rows]}
        )

    @extend_schema(
        operation_id="tickets_create",
        request=serializers.TicketInput,
        responses={201: serializers.TicketDetailShape},
        examples=examples(
            "ticket-create",
            "ticket-create-with-file",
            "ticket-create-invalid",
            "ticket-create-unknown-invoice",
            "ticket-create-link-forbidden",
            "ticket-create-limit-reached",
            "ticket-create-attachments-unknown",
        ),
    )
    def post(self, request: Request) -> Response:
        """Open a ticket with its first message."""
        values = checked(serializers.TicketInput(data=request.data))
        ticket, _message = open_ticket(
            self.tenant_id,
            self._matter(values),
            body=values["body"],
            by=self.actor,
            via=self.via,
            attachments=values.get("attachments", ()),
        )
        return self.detail_reply(request, ticket.pk, status=201)

    def _matter(self, values: dict[str, Any]) -> Matter:
        """Raises LinkForbidden, and ValidationError for what isn't there."""
        viewer, tenant_id = self.viewer, self.tenant_id
        invoice_id, service_id = values.get("invoice"), values.get("service")
        if (invoice_id and not viewer.sees_invoices) or (service_id and not viewer.sees_services):
            raise LinkForbidden
        if invoice_id:
            invoices = Invoice.objects.for_tenant(tenant_id).issued()
            if not invoices.filter(pk=invoice_id).exists():
                raise _missing("invoice", _("There is no such invoice."))
        if service_id:
            services = Service.objects.for_tenant(tenant_id)
            if not services.filter(pk=service_id).exists():
                raise _missing("service", _("There is no such service."))
        return Matter(
            subject=values["subject"],
            department=values["department"],
            priority=values["priority"],
            invoice_id=invoice_id,
            service_id=service_id,
        )


def _missing(field: str, said: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(said, "does-not-exist")]})


class TicketSummary(TicketView):
    abilities: ClassVar = {"GET": TICKETS_READ}

    @extend_schema(
        operation_id="tickets_summary_retrieve",
        responses=serializers.TicketSummaryShape,
        examples=examples("tickets-summary"),
    )
    def get(self, request: Request) -> Response:
        """How many tickets wait for an answer by the business, and how many have news for you."""
        viewer = self.viewer
        awaiting = viewer.tickets().filter(state=State.AWAITING_CUSTOMER)
        return Response(
            {
                "awaiting_you": awaiting[:MOST_COUNTED].count(),
                "unread": queries.unread(viewer)[:MOST_COUNTED].count(),
            }
        )


class TicketDetail(TicketView):
    abilities: ClassVar = {"GET": TICKETS_READ}

    @extend_schema(
        operation_id="tickets_retrieve",
        parameters=PAGE_PARAMETERS,
        responses=serializers.TicketDetailShape,
        examples=examples(
            "ticket-retrieve",
            "ticket-retrieve-invoice",
            "ticket-retrieve-closing",
            "ticket-retrieve-closed",
            "ticket-retrieve-merged",
            "ticket-not-found",
        ),
    )
    def get(self, request: Request, ticket_id: UUID) -> Response:
        """One ticket with its newest messages, or those before the `cursor`."""
        return self.detail_reply(request, ticket_id)
