"""Becoming a member by the link of an invitation."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from backend.common.abilities import MEMBERS_INVITE, STATE_ABILITIES
from backend.common.actor import Actor
from backend.common.problems import StateForbids
from backend.common.tenancy import owner_scope, tenant_scope
from backend.services import limits
from backend.services.models import LimitName
from backend.tenants.errors import (
    InvitationForAnother,
    InvitationNotFound,
    InvitationOver,
    MemberAlready,
)
from backend.tenants.models import Invitation, Member
from backend.tenants.models.invitation import token_digest


def find_invitation(token: str) -> Invitation:
    """The open invitation of a link, with its tenant; nobody has entered one yet.

    Raises InvitationNotFound, InvitationOver, StateForbids.
    """
    invitation = _by_token(token)
    if invitation.accepted_at or invitation.withdrawn_at:
        raise InvitationNotFound
    _require_open(invitation)
    return invitation


def accept_invitation(token: str, person_id: UUID, email: str, *, by: Actor) -> Member:
    """Makes the person a member, once, however often and quickly they press.

    `email` is the person's own, which signing in has verified. Raises as `find_invitation`, and
    InvitationForAnother, MemberAlready, LimitReached.
    """
    invitation = _by_token(token)
    with tenant_scope(invitation.tenant_id):
        try:
            invitation.lock()
        except InvitationNotFound:
            _refuse_member(invitation, person_id)
            raise
        if invitation.digest != token_digest(token):
            raise InvitationNotFound
        _require_open(invitation)
        if invitation.email != email:
            raise InvitationForAnother
        _refuse_member(invitation, person_id)
        # It has kept its place, unless there are fewer of them since.
        limits.require(invitation.tenant_id, LimitName.MEMBERS, more=0)
        try:
            with transaction.atomic():
                return invitation.accept(person_id, by=by)
        except IntegrityError as error:
            # Staff have added the person at this moment: they don't stand in line for the lock.
            raise MemberAlready(slug=invitation.tenant.slug) from error


def _by_token(token: str) -> Invitation:
    with owner_scope():
        rows = Invitation.objects.select_related("tenant")
        found: Invitation | None = rows.filter(digest=token_digest(token)).first()
    if found is None:
        raise InvitationNotFound
    return found


def _require_open(invitation: Invitation) -> None:
    if invitation.is_expired():
        raise InvitationOver
    state = invitation.tenant.state
    if MEMBERS_INVITE not in STATE_ABILITIES[state]:
        raise StateForbids(ability=MEMBERS_INVITE, state=state)


def _refuse_member(invitation: Invitation, person_id: UUID) -> None:
    members = Member.objects.for_tenant(invitation.tenant_id).current()
    if members.filter(person_id=person_id).exists():
        raise MemberAlready(slug=invitation.tenant.slug)
