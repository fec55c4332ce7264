"""Tenants, and the members through whom people belong to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from backend.common.identifiers import new_id
from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.tenants.errors import LastOwner, MembershipRevoked

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    PROVISIONING = "provisioning", "Provisioning"
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    ARCHIVED = "archived", "Archived"


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    ACCOUNTANT = "accountant", "Accountant"
    WAITER = "waiter", "Waiter"


class Tenant(models.Model):
    """A business that is the operator's customer.

    Global: the row itself is found by slug before any tenant is entered.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(
        max_length=50,
        unique=True,
        validators=[RegexValidator(SLUG, "Use small letters, digits and single hyphens.")],
    )
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, help_text="ISO 3166-1, two letters")
    currency = models.CharField(max_length=3, help_text="ISO 4217, three letters")
    time_zone = models.CharField(max_length=64, default="UTC", help_text="IANA name")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="en")
    state = models.CharField(
        max_length=16, choices=State, default=State.DRAFT, editable=False, db_index=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="tenants_tenant_slug"),
            models.CheckConstraint(condition=~Q(name=""), name="tenants_tenant_name"),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$"), name="tenants_tenant_country"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="tenants_tenant_currency"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="tenants_tenant_state"
            ),
        ]
        indexes = [models.Index(Lower("name"), name="tenants_tenant_lower_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


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
