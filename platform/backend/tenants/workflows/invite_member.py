"""Asking a person by mail to join a tenant, and asking again."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from backend.common.actor import Actor
from backend.common.tenancy import owner_scope
from backend.tenants.errors import InvitationNotFound, MemberAlready
from backend.tenants.invitation_mail import send_invitation
from backend.tenants.models import Invitation, Member


def invite_member(tenant_id: UUID, email: str, role: str, *, by: Actor) -> Invitation:
    """Invites and mails. `email` is in small letters.

    Raises RoleBeyondYours, MemberAlready, InvitedAlready, TooManyInvitations, LimitReached,
    RateLimited.
    """
    with transaction.atomic():
        invitation, token = Invitation.make(tenant_id, email=email, role=role, by=by)
        _refuse_member(tenant_id, email)
        send_invitation(invitation, token)
    return invitation


def send_invitation_again(tenant_id: UUID, invitation_id: UUID, *, by: Actor) -> Invitation:
    """Mails a new link, good for as long as the first; the one in older mails opens nothing more.

    Raises InvitationNotFound, RoleBeyondYours, MemberAlready, LimitReached, RateLimited.
    """
    with transaction.atomic():
        invitation = open_invitation(tenant_id, invitation_id)
        token = invitation.renew(by=by)
        _refuse_member(tenant_id, invitation.email)
        send_invitation(invitation, token)
    return invitation


def open_invitation(tenant_id: UUID, invitation_id: UUID) -> Invitation:
    """Raises InvitationNotFound, also where it has come to its end."""
    standing = Invitation.objects.for_tenant(tenant_id).open()
    found: Invitation | None = standing.filter(pk=invitation_id).first()
    if found is None:
        raise InvitationNotFound
    return found


def _refuse_member(tenant_id: UUID, email: str) -> None:
    """Asked under the lock that `make` and `renew` took. The tenant role knows no addresses."""
    with owner_scope():
        members = Member.objects.for_tenant(tenant_id).current()
        if members.filter(person__email=email).exists():
            raise MemberAlready
