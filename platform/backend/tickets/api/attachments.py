"""Files of tickets: announced before they are put into the store, and fetched by links."""

from __future__ import annotations

from dataclasses import asdict
from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import TICKETS_READ, TICKETS_WRITE
from backend.common.api import ApiView, StrictSerializer, checked
from backend.common.api.examples import examples
from backend.tickets.api.attachment_serializers import (
    AnnouncedAttachmentShape,
    AttachmentInput,
    AttachmentLinkShape,
)
from backend.tickets.viewers import Viewer
from backend.tickets.workflows.announce_attachment import Announcement, announce_attachment
from backend.tickets.workflows.link_to_attachment import link_to_attachment


class Attachments(ApiView):
    abilities: ClassVar = {"POST": TICKETS_WRITE}
    rate_class: ClassVar = {"POST": "upload"}

    @extend_schema(
        operation_id="ticket_attachments_create",
        request=AttachmentInput,
        responses={201: AnnouncedAttachmentShape},
        examples=examples(
            "ticket-attachment-announce",
            "ticket-attachment-announce-renamed",
            "ticket-attachment-announce-invalid",
            "ticket-attachment-announce-misnamed",
            "ticket-attachment-announce-too-many",
            "ticket-attachment-announce-no-storage",
        ),
    )
    def post(self, request: Request) -> Response:
        """Announce a file. Then put it to `upload.url` within 15 minutes, and send its `id` along
        with a message.

        The file goes straight to where files are kept, which refuses another type or length than
        was announced. It is looked at once its message is sent, and handed out if it is what it
        says it is. At most 50 of a person's or an app's files wait for their message.
        """
        announced = Announcement(**checked(AttachmentInput(data=request.data)))
        attachment, upload = announce_attachment(self.tenant_id, announced, by=self.actor)
        return Response(
            {"id": attachment.pk, **asdict(announced), "upload": asdict(upload)}, status=201
        )


class AttachmentLink(ApiView):
    abilities: ClassVar = {"POST": TICKETS_READ}

    @extend_schema(
        operation_id="ticket_attachments_link_create",
        request=None,
        responses={201: AttachmentLinkShape},
        examples=examples(
            "ticket-attachment-link",
            "ticket-attachment-link-not-found",
            "ticket-attachment-link-not-ready",
            "ticket-attachment-link-refused",
        ),
    )
    def post(self, request: Request, ticket_id: UUID, attachment_id: UUID) -> Response:
        """A link to download a file of the ticket, for five minutes."""
        checked(StrictSerializer(data=request.data))
        link = link_to_attachment(Viewer.of(self.caller), ticket_id, attachment_id)
        return Response(asdict(link), status=201)
