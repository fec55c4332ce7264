"""The signed-in person: who they are, where they belong, and where they are signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.api.serializers import MeSerializer, PersonSerializer, SessionsSerializer
from backend.accounts.errors import SessionNotFound
from backend.accounts.models import Person, Session
from backend.accounts.places import place_of
from backend.accounts.sessions import end_sessions
from backend.audit.recording import record_for_person
from backend.common.actor import Actor
from backend.common.api import ApiView
from backend.common.caller import PersonRef
from backend.common.tenancy import owner_scope

MOST_SESSIONS = 200
MOST_TENANTS = 200


class PersonView(ApiView):
    """For whoever is signed in, in whatever tenant."""

    tenant_required = False
    person_required = True

    @property
    def person(self) -> PersonRef:
        assert self.caller.person is not None
        return self.caller.person

    def record_ended(self, sessions: int) -> None:
        if sessions:
            record_for_person(
                "session.ended",
                self.person.id,
                by=Actor.of(self.caller),
                data={"sessions": sessions},
            )


class Me(PersonView):
    @extend_schema(operation_id="me_retrieve", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The person and the tenants that they are a member of."""
        return Response(_me(self.person))

    @extend_schema(operation_id="me_update", request=PersonSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Change the name or the language."""
        shape = PersonSerializer(data=request.data, partial=True)
        shape.is_valid(raise_exception=True)
        person = Person.objects.get(pk=self.person.id)
        for name, value in shape.validated_data.items():
            setattr(person, name, value)
        person.save(update_fields=list(shape.validated_data))
        return Response(_me(person))


class MySessions(PersonView):
    @extend_schema(operation_id="me_sessions_list", responses=SessionsSerializer)
    def get(self, request: Request) -> Response:
        """The person's live sessions, the one seen last first."""
        sessions = Session.objects.live().filter(person_id=self.person.id)
        return Response(
            {
                "results": [
                    {
                        "id": session.id,
                        "created_at": session.created_at,
                        "last_seen_at": session.last_seen_at,
                        "expires_at": session.expire_date,
                        "address": session.address,
                        "place": place_of(session.address, self.person.language),
                        "user_agent": session.user_agent,
                        "current": session.id == self.caller.session_id,
                    }
                    for session in sessions.order_by("-last_seen_at", "id")[:MOST_SESSIONS]
                ]
            }
        )

    @extend_schema(operation_id="me_sessions_destroy_others", responses={204: None})
    def delete(self, request: Request) -> Response:
        """End all sessions but this one."""
        self.record_ended(end_sessions(self.person.id, except_id=self.caller.session_id))
        return Response(status=204)


class MySession(PersonView):
    @extend_schema(operation_id="me_sessions_destroy", responses={204: None})
    def delete(self, request: Request, session_id: UUID) -> Response:
        """End one session, at once."""
        mine = Session.objects.filter(person_id=self.person.id, id=session_id)
        deleted, _ = mine.delete()
        if not deleted:
            raise SessionNotFound
        self.record_ended(deleted)
        return Response(status=204)


def _me(person: Person | PersonRef) -> dict[str, Any]:
    with owner_scope():
        tenants = (
            Person(pk=person.id)
            .memberships.filter(revoked_at__isnull=True)
            .order_by("tenant__name", "tenant__slug")
            .values(
                "role", "tenant__slug", "tenant__name", "tenant__country", "tenant__currency",
                "tenant__state",
            )[:MOST_TENANTS]
        )  # fmt: skip
        rows = [{name.removeprefix("tenant__"): row[name] for name in row} for row in tenants]
    return {
        "person": {
            "id": person.id,
            "email": person.email,
            "name": person.name,
            "language": person.language,
        },
        "tenants": rows,
    }
