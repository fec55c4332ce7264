"""The members through whom people belong to a tenant."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.tenants.errors import LastOwner, MembershipRevoked
from backend.tenants.models.tenant import Tenant


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    ACCOUNTANT = "accountant", "Accountant"
    WAITER = "waiter", "Waiter"


class MemberQuerySet(TenantOwnedQuerySet):
    def current(self) -> Self:
        return self.filter(revoked_at__isnull=True)


class Member(TenantOwned):
    """A person who belongs to a tenant, with a role. One person, one login, many tenants."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="memberships"
    )
    role = models.CharField(max_length=16, choices=Role)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[Any] = MemberQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "person"],
                condition=Q(revoked_at__isnull=True),
                name="tenants_member_once_per_tenant",
                violation_error_message="This person is a member of the tenant already.",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="tenants_member_role"),
        ]
        ordering = ["created_at"]
        permissions = [("revoke_member", "Can revoke a membership")]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"

    def change_role(self, role: Role) -> None:
        """Gives the member another role. Raises LastOwner, MembershipRevoked."""
        with transaction.atomic():
            self._lock()
            if role != Role.OWNER:
                self._refuse_for_the_last_owner()
            self.role = role
            self.save(update_fields=["role", "updated_at"])

    def revoke(self, *, at: datetime) -> None:
        """Ends the membership from the next request on; the row stays as a record.

        Raises LastOwner, MembershipRevoked.
        """
        with transaction.atomic():
            self._lock()
            self._refuse_for_the_last_owner()
            self.revoked_at = at
            self.save(update_fields=["revoked_at", "updated_at"])

    def _lock(self) -> None:
        """Members of a tenant change one after the other: two last owners can't both leave."""
        Tenant.objects.select_for_update(no_key=True).get(pk=self.tenant_id)
        self.refresh_from_db(fields=["role", "revoked_at"])
        if self.revoked_at:
            raise MembershipRevoked

    def _refuse_for_the_last_owner(self) -> None:
        owners = Member.objects.for_tenant(self.tenant_id).current().filter(role=Role.OWNER)
        if self.role == Role.OWNER and not owners.exclude(pk=self.pk).exists():
            raise LastOwner
