"""Tenants: the operator's customers, and the states that they go through."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from backend.audit.recording import record
from backend.common.actor import Actor
from backend.common.identifiers import new_id
from backend.common.transitions import Transition, TransitionRecord, change_state

SLUG: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    PROVISIONING = "provisioning", "Provisioning"
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    ARCHIVED = "archived", "Archived"


# Without these no invoice can be made out, to the business or by it. A VAT id not every one has.
NEEDED_DETAILS: Final = ("legal_name", "street", "postcode", "city")

# What each state permits is in `backend.common.abilities`.
TRANSITIONS: Final = {
    "provision": Transition({State.DRAFT}, State.PROVISIONING),
    "activate": Transition({State.PROVISIONING}, State.ACTIVE),
    "suspend": Transition({State.ACTIVE}, State.SUSPENDED, needs_reason=True),
    "reactivate": Transition({State.SUSPENDED}, State.ACTIVE),
    "archive": Transition({State.ACTIVE, State.SUSPENDED}, State.ARCHIVED, needs_reason=True),
}


class Tenant(models.Model):
    """A business that is the operator's customer.

    Global: the row itself is found by slug before any tenant is entered.
    """

    TRANSITIONS: ClassVar = TRANSITIONS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(
        max_length=50,
        unique=True,
        validators=[RegexValidator(SLUG, "Use small letters, digits and single hyphens.")],
    )
    name = models.CharField(max_length=200, help_text="What guests call it")
    legal_name = models.CharField(
        max_length=200, blank=True, help_text="The company, as on an invoice"
    )
    street = models.CharField(max_length=200, blank=True, help_text="And number")
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, help_text="ISO 3166-1, two letters")
    currency = models.CharField(max_length=3, help_text="ISO 4217, three letters")
    vat_id = models.CharField(
        "VAT id", max_length=20, blank=True, help_text="With its country's letters, no spaces"
    )
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
        permissions = [
            ("suspend_tenant", "Can suspend and reactivate a tenant"),
            ("archive_tenant", "Can archive a tenant"),
            ("provision_tenant", "Can start a tenant's provisioning, and start it again"),
        ]

    def __str__(self) -> str:
        return self.name

    def missing_details(self) -> list[str]:
        """The fields that are still empty and needed before the set-up."""
        return [name for name in NEEDED_DETAILS if not getattr(self, name)]

    def provision(self, *, by: Actor, reason: str = "") -> TenantTransition:
        """Begins the set-up; `workflows.set_up_tenant` also queues the job that does it."""
        return self._change("provision", by=by, reason=reason)

    def activate(self, *, by: Actor) -> TenantTransition:
        """Opens the business: all is set up."""
        return self._change("activate", by=by)

    def suspend(self, *, by: Actor, reason: str) -> TenantTransition:
        """Leaves the business reading, paying and asking for help. It is shown the reason."""
        return self._change("suspend", by=by, reason=reason)

    def reactivate(self, *, by: Actor, reason: str = "") -> TenantTransition:
        return self._change("reactivate", by=by, reason=reason)

    def archive(self, *, by: Actor, reason: str) -> TenantTransition:
        """Ends the business for good: it can still be exported, and nothing else."""
        return self._change("archive", by=by, reason=reason)

    def _change(self, verb: str, *, by: Actor, reason: str = "") -> TenantTransition:
        """Raises TransitionRefused, ReasonMissing. Needs the rights of the tables' owner."""
        with transaction.atomic():
            changed = change_state(
                self, verb, by=by, reason=reason, record=TenantTransition, about={"tenant": self}
            )
            record(
                f"tenant.{verb}",
                tenant_id=self.pk,
                by=by,
                data={
                    "from": changed.from_state,
                    "to": changed.to_state,
                    "reason": changed.reason,
                },
            )
        assert isinstance(changed, TenantTransition)
        return changed


class TenantTransition(TransitionRecord):
    """A change of a tenant's state, its reason, and who made it."""

    class Meta(TransitionRecord.Meta):
        indexes = [models.Index(fields=["tenant", "-changed_at"], name="tenants_transition_order")]
        ordering = ["-changed_at", "-pk"]
        verbose_name = "transition"


def latest_transition(tenant_id: Any) -> TenantTransition | None:
    """What brought the tenant where it is; None for a draft."""
    found: TenantTransition | None = (
        TenantTransition.objects.for_tenant(tenant_id).order_by("-changed_at", "-pk").first()
    )
    return found
