"""Invitations: what members do with them, and what whoever got the mail does."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth import get_user_model
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import MEMBERS_INVITE, MEMBERS_READ
from backend.common.api import ApiView, checked
from backend.common.api.examples import examples
from backend.common.caller import Caller
from backend.tenants.api import member_serializers as shapes
from backend.tenants.api.member_permissions import invitation_actions, list_actions
from backend.tenants.models import Invitation
from backend.tenants.models.invitation import MOST_OPEN
from backend.tenants.workflows.accept_invitation import accept_invitation, find_invitation
from backend.tenants.workflows.invite_member import (
    invite_member,
    open_invitation,
    send_invitation_again,
)


class Invitations(ApiView):
    abilities: ClassVar = {"GET": MEMBERS_READ, "POST": MEMBERS_INVITE}

    @extend_schema(
        operation_id="invitations_list",
        responses=shapes.InvitationsShape,
        examples=examples("invitations-list"),
    )
    def get(self, request: Request) -> Response:
        """Those that are open, expired ones among them."""
        standing = Invitation.objects.for_tenant(self.tenant_id).open().order_by("-id")[:MOST_OPEN]
        return Response(
            {
                "results": [_shown(self.caller, invitation) for invitation in standing],
                "can": list_actions(self.caller),
            }
        )

    @extend_schema(
        operation_id="invitations_create",
        request=shapes.InvitationInput,
        responses={201: shapes.InvitationShape},
        examples=examples("invitation-create", "invitation-create-limit-reached"),
    )
    def post(self, request: Request) -> Response:
        """Invite a person by email. The mail carries a link that is good for 7 days."""
        given = checked(shapes.InvitationInput(data=request.data))
        invitation = invite_member(self.tenant_id, given["email"], given["role"], by=self.actor)
        return Response(_shown(self.caller, invitation), status=201)


class InvitationDetail(ApiView):
    abilities: ClassVar = {"DELETE": MEMBERS_INVITE}

    @extend_schema(operation_id="invitations_withdraw", responses={204: None})
    def delete(self, request: Request, invitation_id: UUID) -> Response:
        """Withdraw an invitation: its link opens nothing any more."""
        open_invitation(self.tenant_id, invitation_id).withdraw(by=self.actor)
        return Response(status=204)


class InvitationMails(ApiView):
    abilities: ClassVar = {"POST": MEMBERS_INVITE}

    @extend_schema(
        operation_id="invitations_send_again",
        request=shapes.NothingInput,
        responses={200: shapes.InvitationShape},
        examples=examples("invitation-send-again"),
    )
    def post(self, request: Request, invitation_id: UUID) -> Response:
        """Mail a new link, good for 7 days from now. The link in older mails ends."""
        checked(shapes.NothingInput(data=request.data))
        invitation = send_invitation_again(self.tenant_id, invitation_id, by=self.actor)
        return Response(_shown(self.caller, invitation))


class InvitationPreview(ApiView):
    """A POST, though it changes nothing: a token in an address would end up in logs."""

    tenant_required = False
    portal_only = True
    rate_class: ClassVar = {"POST": "auth"}
    problems: ClassVar = {"POST": ("410",)}

    @extend_schema(
        operation_id="invitations_preview",
        request=shapes.TokenInput,
        responses={200: shapes.InvitationPreview},
        examples=examples("invitation-preview"),
    )
    def post(self, request: Request) -> Response:
        """What a mailed link is about, for whoever opened it; only through the portal."""
        token = checked(shapes.TokenInput(data=request.data))["token"]
        invitation = find_invitation(token)
        people: Any = get_user_model().objects
        return Response(
            {
                "tenant_name": invitation.tenant.name,
                "invited_by": invitation.invited_by,
                "email": invitation.email,
                "role": invitation.role,
                "expires_at": invitation.expires_at,
                # No secret from who has read that address's mail.
                "has_account": people.filter(email=invitation.email).exists(),
            }
        )


class InvitationAcceptance(ApiView):
    tenant_required = False
    person_required = True
    problems: ClassVar = {"POST": ("410",)}

    @extend_schema(
        operation_id="invitations_accept",
        request=shapes.TokenInput,
        responses={201: shapes.AcceptedShape},
        examples=examples("invitation-accept", "invitation-accept-limit-reached"),
    )
    def post(self, request: Request) -> Response:
        """Become a member. The signed-in person's address must be the invited one."""
        token = checked(shapes.TokenInput(data=request.data))["token"]
        person = self.caller.person
        assert person is not None
        member = accept_invitation(token, person.id, person.email, by=self.actor)
        tenant = member.tenant
        return Response({"slug": tenant.slug, "name": tenant.name, "role": member.role}, status=201)


def _shown(caller: Caller, invitation: Invitation) -> dict[str, Any]:
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "role": invitation.role,
        "invited_by": invitation.invited_by,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
        "expired": invitation.is_expired(),
        "can": invitation_actions(caller, invitation.role),
    }
