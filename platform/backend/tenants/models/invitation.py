"""Invitations: a person is asked by email to become a member."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Collate, Lower
from django.utils import timezone

from backend.audit.recording import About, record
from backend.common.actor import Actor
from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.services import limits
from backend.services.models import LimitName
from backend.tenants.errors import InvitationNotFound, InvitedAlready, TooManyInvitations
from backend.tenants.models.member import Member, Role, lock_members, require_power

LIFETIME: Final = timedelta(days=7)
MOST_OPEN: Final = 50
_TOKEN_BYTES: Final = 32


def token_digest(token: str) -> str:
    """What is kept of a token. It is random enough that no salt or slow hash would add to it."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(TenantOwnedQuerySet):
    def open(self) -> Self:
        """Neither accepted nor withdrawn; it may have expired, and be sent again."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)


class Invitation(TenantOwned):
    """Stands until it is accepted or withdrawn. The mailed token's digest is all we keep.

    It is the business's, not the inviter's: it outlasts their membership and their role, until
    somebody who may handle its role withdraws it. Once expired it can only be sent again.
    """

    email = models.EmailField(max_length=254, help_text="In small letters")
    role = models.CharField(max_length=16, choices=Role)
    digest = models.CharField(
        max_length=64, unique=True, editable=False, help_text="SHA-256 of the mailed token"
    )
    invited_by = models.CharField(max_length=200, editable=False, help_text="The name as it was")
    expires_at = models.DateTimeField(editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    member = models.ForeignKey(
        Member,
        null=True,
        editable=False,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        help_text="Who the person became",
    )

    objects: ClassVar[Any] = InvitationQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="tenants_invitation_once_open",
                violation_error_message="This person is invited already.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="tenants_invitation_role"
            ),
            models.CheckConstraint(
                condition=Q(email=Lower(Collate("email", "C"))),
                name="tenants_invitation_email",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="tenants_invitation_one_end",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, member__isnull=True)
                | Q(accepted_at__isnull=False, member__isnull=False),
                name="tenants_invitation_accepted_by",
            ),
        ]
        ordering = ["-created_at"]
        permissions = [("withdraw_invitation", "Can withdraw an invitation")]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display()})"

    @classmethod
    def make(cls, tenant_id: UUID, *, email: str, role: str, by: Actor) -> tuple[Self, str]:
        """A new invitation and its token, which is known only now.

        It keeps a place among the members until it is closed or expires. Raises RoleBeyondYours,
        InvitedAlready, TooManyInvitations, LimitReached.
        """
        with transaction.atomic():
            tenant = lock_members(tenant_id)
            require_power(tenant_id, by, role)
            standing = set(cls.objects.for_tenant(tenant_id).open().values_list("email", flat=True))
            if email in standing:
                raise InvitedAlready
            if len(standing) >= MOST_OPEN:
                raise TooManyInvitations(f"At most {MOST_OPEN} can be open.")
            limits.require(tenant_id, LimitName.MEMBERS)
            invitation = cls(tenant=tenant, email=email, role=role, invited_by=by.name)
            token = invitation._new_token()
            invitation.save(force_insert=True)
            invitation._record("member.invited", by)
        return invitation, token

    def renew(self, *, by: Actor) -> str:
        """A new token, in the name of who asked for it; the old one opens nothing any more.

        Raises RoleBeyondYours, InvitationNotFound; LimitReached where it needs a place again.
        """
        with transaction.atomic():
            self.lock()
            require_power(self.tenant_id, by, self.role)
            if self.is_expired():
                limits.require(self.tenant_id, LimitName.MEMBERS)
            self.invited_by = by.name
            token = self._new_token()
            self.save(update_fields=["digest", "expires_at", "invited_by", "updated_at"])
            self._record("member.invitation-sent-again", by)
        return token

    def withdraw(self, *, by: Actor) -> None:
        """Raises RoleBeyondYours, InvitationNotFound."""
        with transaction.atomic():
            self.lock()
            require_power(self.tenant_id, by, self.role)
            self.withdrawn_at = timezone.now()
            self.save(update_fields=["withdrawn_at", "updated_at"])
            self._record("member.invitation-withdrawn", by)

    def accept(self, person_id: UUID, *, by: Actor) -> Member:
        """The person becomes a member. Only under the lock, after it was seen to be open."""
        member = Member(tenant=self.tenant, person_id=person_id, role=self.role)
        member.save(force_insert=True)
        self.accepted_at, self.member = timezone.now(), member
        self.save(update_fields=["accepted_at", "member", "updated_at"])
        record(
            "member.joined",
            tenant_id=self.tenant_id,
            by=by,
            about=About("member", member.pk, by.name),
            data={"role": self.role, "invited_by": self.invited_by},
        )
        return member

    def lock(self) -> None:
        """As it is now, until the transaction ends. Raises InvitationNotFound once it is closed."""
        tenant = lock_members(self.tenant_id)
        self.refresh_from_db()
        self.tenant = tenant
        if self.accepted_at or self.withdrawn_at:
            raise InvitationNotFound

    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    def _new_token(self) -> str:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self.digest = token_digest(token)
        self.expires_at = timezone.now() + LIFETIME
        return token

    def _record(self, action: str, by: Actor) -> None:
        about = About("invitation", self.pk, self.email)
        record(action, tenant_id=self.tenant_id, by=by, about=about, data={"role": self.role})
