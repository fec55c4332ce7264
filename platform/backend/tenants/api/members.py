"""The people of a tenant: list, look, change the role, end the membership."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import (
    MEMBERS_INVITE,
    MEMBERS_READ,
    MEMBERS_REVOKE,
    MEMBERS_UPDATE,
)
from backend.common.api import ApiView, KeysetPage, checked
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS
from backend.common.api.pagination import invalid
from backend.common.problems import TenantNotFound
from backend.common.tenancy import owner_scope, tenant_scope
from backend.tenants.api import member_serializers as shapes
from backend.tenants.api.member_permissions import assignable_roles, list_actions, member_actions
from backend.tenants.api.member_queries import LONGEST_QUERY, ORDERS, matching, members_of, shown
from backend.tenants.errors import MemberNotFound
from backend.tenants.models import Member


class MemberView(ApiView):
    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        return shown(
            row, you=row["id"] == self.caller.member_id, can=member_actions(self.caller, row)
        )


class Members(MemberView):
    abilities: ClassVar = {"GET": MEMBERS_READ}

    @extend_schema(
        operation_id="members_list",
        parameters=[
            OpenApiParameter("q", description="A part of the name or the email address"),
            OpenApiParameter("order", enum=list(ORDERS), description="`name` unless told"),
            *PAGE_PARAMETERS,
        ],
        responses=shapes.MemberPageShape,
        examples=examples("members-list"),
    )
    def get(self, request: Request) -> Response:
        """The current members."""
        q = request.query_params.get("q", "").strip()
        if len(q) > LONGEST_QUERY or "\x00" in q:
            raise invalid("q", "invalid", f"At most {LONGEST_QUERY} characters are expected.")
        page = KeysetPage(request, orders=ORDERS, default="name")
        with owner_scope():
            rows = page.slice(matching(members_of(self.tenant_id), q))
        reply = page.envelope(
            rows,
            can=list_actions(self.caller),
            assignable_roles=assignable_roles(self.caller, MEMBERS_INVITE),
        )
        return Response(reply | {"results": [self._shown(row) for row in rows]})


class MemberDetail(MemberView):
    abilities: ClassVar = {
        "GET": MEMBERS_READ,
        "PATCH": MEMBERS_UPDATE,
        "DELETE": MEMBERS_REVOKE,
    }

    @extend_schema(
        operation_id="members_retrieve",
        responses=shapes.MemberFull,
        examples=examples("member-retrieve"),
    )
    def get(self, request: Request, member_id: UUID) -> Response:
        """One current member."""
        return self._reply_with(member_id)

    @extend_schema(
        operation_id="members_update",
        request=shapes.RoleInput,
        responses=shapes.MemberFull,
        examples=examples("member-update"),
    )
    def patch(self, request: Request, member_id: UUID) -> Response:
        """Give the member another role, from their next request on."""
        role = checked(shapes.RoleInput(data=request.data))["role"]
        self._member(member_id).change_role(role, by=self.actor)
        return self._reply_with(member_id)

    @extend_schema(operation_id="members_revoke", responses={204: None})
    def delete(self, request: Request, member_id: UUID) -> Response:
        """End the membership, from the member's next request on. One's own: leave."""
        member = self._member(member_id)
        if member.pk == self.caller.member_id:
            member.leave(by=self.actor)
        else:
            member.revoke(by=self.actor)
        return Response(status=204)

    def _member(self, member_id: UUID) -> Member:
        found: Member | None = (
            Member.objects.for_tenant(self.tenant_id).filter(pk=member_id).first()
        )
        if found is None:
            raise MemberNotFound
        return found

    def _reply_with(self, member_id: UUID) -> Response:
        with owner_scope():
            row = members_of(self.tenant_id).filter(pk=member_id).first()
        if row is None:
            raise MemberNotFound
        roles = assignable_roles(self.caller, MEMBERS_UPDATE)
        return Response(self._shown(row) | {"assignable_roles": roles})


class MyMembership(ApiView):
    """In whatever tenant, and whatever its state: nobody is kept against their will."""

    tenant_required = False
    person_required = True

    @extend_schema(operation_id="me_memberships_destroy", responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        """Leave the tenant. Its last owner can't."""
        assert self.caller.person is not None
        with owner_scope():
            member = (
                Member.objects.current()
                .filter(person_id=self.caller.person.id, tenant__slug=slug)
                .first()
            )
        if member is None:
            raise TenantNotFound
        with tenant_scope(member.tenant_id):
            member.leave(by=self.actor)
        return Response(status=204)
