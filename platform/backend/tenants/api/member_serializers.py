"""The shapes of members and invitations, in and out."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from backend.common.api import StrictSerializer
from backend.common.api.fields import EmailField
from backend.common.api.lists import PageSerializer
from backend.tenants.models import Role

LONGEST_TOKEN: Final = 200


class RoleInput(StrictSerializer):
    role = serializers.ChoiceField(Role.choices)


class InvitationInput(RoleInput):
    email = EmailField()


class TokenInput(StrictSerializer):
    token = serializers.CharField(max_length=LONGEST_TOKEN, help_text="As in the mailed link")


class NothingInput(StrictSerializer):
    """An empty object."""


class MemberShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.CharField()
    role = serializers.CharField(help_text="owner, manager, accountant or waiter")
    joined_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField(
        allow_null=True, help_text="Signed in, in whatever business; null: not yet"
    )
    two_factor = serializers.BooleanField(help_text="Signs in with a second factor")
    you = serializers.BooleanField(help_text="The caller's own membership")
    can = serializers.ListField(
        child=serializers.CharField(),
        help_text="Among: change-role, revoke; of one's own: change-role, leave",
    )


class MemberFull(MemberShape):
    assignable_roles = serializers.ListField(
        child=serializers.CharField(), help_text="What the caller may make of them"
    )


class MemberPageShape(PageSerializer):
    results = MemberShape(many=True)
    can = serializers.ListField(child=serializers.CharField(), help_text="Among: invite")
    assignable_roles = serializers.ListField(
        child=serializers.CharField(), help_text="What the caller may invite people as"
    )


class InvitationShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.CharField()
    role = serializers.CharField(help_text="owner, manager, accountant or waiter")
    invited_by = serializers.CharField(help_text="The name of who sent the latest mail")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    expired = serializers.BooleanField(help_text="The link opens nothing; it can be sent again")
    can = serializers.ListField(child=serializers.CharField(), help_text="Among: resend, withdraw")


class InvitationsShape(serializers.Serializer[Any]):
    results = InvitationShape(many=True, help_text="At most 50, the newest first")
    can = serializers.ListField(child=serializers.CharField(), help_text="Among: invite")


class InvitationPreview(serializers.Serializer[Any]):
    tenant_name = serializers.CharField()
    invited_by = serializers.CharField()
    email = serializers.CharField()
    role = serializers.CharField(help_text="owner, manager, accountant or waiter")
    expires_at = serializers.DateTimeField()
    has_account = serializers.BooleanField(help_text="Whether one can sign in with the address")


class AcceptedShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField(help_text="owner, manager, accountant or waiter")
