"""The members through whom people belong to a tenant."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from backend.audit.recording import About, record
from backend.common.actor import Actor
from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.common.tenancy import owner_scope
from backend.tenants.errors import LastOwner, MembershipRevoked, RoleBeyondYours
from backend.tenants.models.tenant import Tenant


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    ACCOUNTANT = "accountant", "Accountant"
    WAITER = "waiter", "Waiter"


# Whom a role lets in, changes and sends away. Nobody reaches above, and only owners their like.
HANDLES: Final[dict[str, frozenset[str]]] = {
    Role.OWNER: frozenset(Role.values),
    Role.MANAGER: frozenset({Role.ACCOUNTANT, Role.WAITER}),
}


def handled_by(role: str | None) -> frozenset[str]:
    """The roles that somebody of this role may give and take."""
    return HANDLES.get(role or "", frozenset())


def lock_members(tenant_id: UUID) -> Tenant:
    """What people may do in a tenant changes one after the other, until the transaction ends.

    Two last owners can't both leave, nor can one be let in by somebody who is just sent away.
    """
    tenant: Tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
    return tenant


def require_power(tenant_id: UUID, by: Actor, *roles: str) -> None:
    """Raises RoleBeyondYours unless `by` may handle all these roles; to be asked under the lock.

    The role that counts is today's: since the request began it may have been taken away.
    """
    if by.kind in ("staff", "system"):
        return
    own = Member.objects.for_tenant(tenant_id).current().filter(person_id=by.id)
    if not handled_by(own.values_list("role", flat=True).first()).issuperset(roles):
        raise RoleBeyondYours


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

    def change_role(self, role: str, *, by: Actor) -> None:
        """Gives the member another role. Raises RoleBeyondYours, LastOwner, MembershipRevoked."""
        with transaction.atomic():
            self._lock()
            require_power(self.tenant_id, by, self.role, role)
            if role == self.role:
                return
            self._refuse_for_the_last_owner()
            changed = {"from": self.role, "to": role}
            self.role = role
            self.save(update_fields=["role", "updated_at"])
            record(
                "member.role-changed",
                tenant_id=self.tenant_id,
                by=by,
                about=self.about(),
                data=changed,
            )

    def revoke(self, *, by: Actor) -> None:
        """Ends the membership from the next request on; the row stays as a record.

        Raises RoleBeyondYours, LastOwner, MembershipRevoked.
        """
        with transaction.atomic():
            self._lock()
            require_power(self.tenant_id, by, self.role)
            self._end("member.revoked", by)

    def leave(self, *, by: Actor) -> None:
        """The member's own going, for which no power is needed. Raises as `revoke`."""
        with transaction.atomic():
            self._lock()
            self._end("member.left", by)

    def about(self) -> About:
        """The member as records name them. The tenant role can't read who people are."""
        with owner_scope():
            return About("member", self.pk, self.person.name)

    def _end(self, action: str, by: Actor) -> None:
        self._refuse_for_the_last_owner()
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at", "updated_at"])
        record(
            action,
            tenant_id=self.tenant_id,
            by=by,
            about=self.about(),
            data={"role": self.role},
        )

    def _lock(self) -> None:
        lock_members(self.tenant_id)
        self.refresh_from_db(fields=["role", "revoked_at"])
        if self.revoked_at:
            raise MembershipRevoked

    def _refuse_for_the_last_owner(self) -> None:
        owners = Member.objects.for_tenant(self.tenant_id).current().filter(role=Role.OWNER)
        if self.role == Role.OWNER and not owners.exclude(pk=self.pk).exists():
            raise LastOwner
