"""The trail, as the tenant's owner reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.audit.actions import ACTIONS
from backend.audit.api.serializers import EventPageShape
from backend.audit.models import AuditEvent
from backend.common.abilities import AUDIT_READ
from backend.common.api import ApiView, KeysetPage
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS
from backend.common.api.pagination import invalid

FIELDS: Final = (
    "id", "action", "by_kind", "by_name", "by_id", "address",
    "about_kind", "about_id", "about_name", "data", "created_at",
)  # fmt: skip
# Keys are made in the order of time.
NEWEST_FIRST: Final = {"-id": ("-id",)}
FAMILIES: Final = frozenset(action.partition(".")[0] for action in ACTIONS)


class Events(ApiView):
    abilities: ClassVar = {"GET": AUDIT_READ}

    @extend_schema(
        operation_id="audit_events_list",
        parameters=[
            OpenApiParameter(
                "action",
                many=True,
                explode=True,
                description="Only these; a word before the dot, such as `member`, means all of it",
            ),
            OpenApiParameter("by", OpenApiTypes.UUID, description="The person or app"),
            OpenApiParameter("since", OpenApiTypes.DATETIME, description="From this moment on"),
            OpenApiParameter("until", OpenApiTypes.DATETIME, description="Before this moment"),
            *PAGE_PARAMETERS,
        ],
        responses=EventPageShape,
        examples=examples("audit-events-list"),
    )
    def get(self, request: Request) -> Response:
        """What happened in the business, the newest first."""
        events = AuditEvent.objects.for_tenant(self.tenant_id).filter(_asked_for(request))
        page = KeysetPage(request, orders=NEWEST_FIRST, default="-id")
        return Response(page.envelope(page.slice(events.values(*FIELDS))))


def _asked_for(request: Request) -> Q:
    given = request.query_params
    wanted = Q()
    # A form's empty choice means all.
    if words := list(filter(None, given.getlist("action"))):
        wanted &= Q(action__in=sorted({action for word in words for action in _actions(word)}))
    if by := given.get("by"):
        wanted &= Q(by_id=_uuid(by))
    if since := given.get("since"):
        wanted &= Q(created_at__gte=_moment("since", since))
    if until := given.get("until"):
        wanted &= Q(created_at__lt=_moment("until", until))
    return wanted


def _actions(word: str) -> list[str]:
    if word in ACTIONS:
        return [word]
    if word in FAMILIES:
        return [action for action in ACTIONS if action.startswith(f"{word}.")]
    raise invalid("action", "invalid", "There is no such action.")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise invalid("by", "invalid", "A UUID is expected.") from error


def _moment(field: str, text: str) -> Any:
    try:
        found = parse_datetime(text)
        if found is None or found.tzinfo is None:
            raise ValueError(text)
        moment: datetime = found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise invalid(field, "invalid", "An RFC 3339 time with an offset is expected.") from error
    return moment
