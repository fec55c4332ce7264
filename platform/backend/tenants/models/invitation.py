"""Invitations: a person is asked by email to become a member."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Final, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.tenants.models.member import Member, Role

LIFETIME: Final = timedelta(days=7)


class InvitationQuerySet(TenantOwnedQuerySet):
    def open(self) -> Self:
        """Neither accepted nor withdrawn; it may have expired, and be sent again."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)


class Invitation(TenantOwned):
    """Stands until it is accepted, withdrawn or over. The mailed token's digest is all we keep."""

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
                condition=Q(email=Lower("email")),
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

    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()
