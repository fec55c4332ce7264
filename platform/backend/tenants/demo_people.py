"""An invitation that nobody has answered yet, for development. No mail goes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from backend.common.actor import Actor
from backend.common.tenancy import owner_scope
from backend.tenants.models import Invitation, Member, Role, Tenant

# Of each demo tenant that has one: who is asked, and as what.
INVITED: Final = {"aurora": ("sofia@aurora.test", Role.WAITER)}


def load(tenant: Tenant, say: Callable[[str], object]) -> None:
    """Invites somebody in the owner's name, if nobody ever was: what was withdrawn stays so."""
    if tenant.slug not in INVITED:
        return
    email, role = INVITED[tenant.slug]
    with owner_scope():
        if Invitation.objects.for_tenant(tenant.pk).exists():
            return
        owners = Member.objects.for_tenant(tenant.pk).current().filter(role=Role.OWNER)
        owner = owners.select_related("person").order_by("pk").first()
        if owner is None:
            return
        Invitation.make(tenant.pk, email=email, role=role, by=Actor.person(owner.person))
    say(f"  {email} is invited to {tenant}")
