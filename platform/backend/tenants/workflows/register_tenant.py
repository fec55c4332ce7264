"""A person registers their business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Q

from backend.audit.recording import record
from backend.common.actor import Actor
from backend.tenants.countries import COUNTRIES
from backend.tenants.errors import TooManyDrafts
from backend.tenants.models import Member, Role, State, Tenant
from backend.tenants.slugs import LONGEST, next_free, slug_of

# Of one person. Nobody needs more at once, and each takes a name from somebody else.
MOST_DRAFTS: Final = 5
# What is surely left of a slug that gets a number.
SHORTENED: Final = LONGEST - len("-99999")


def register_tenant(values: Mapping[str, Any], *, by: Actor) -> Tenant:
    """Makes a draft, of which the person is the owner. Needs the owner's rights.

    What is not given comes from the country. Raises TooManyDrafts.
    """
    country = COUNTRIES[values["country"]]
    defaults = {
        "currency": country.currency,
        "language": country.language,
        "time_zone": country.time_zone,
    }
    owner_id = cast("UUID", by.id)
    with transaction.atomic():
        _refuse_too_many(owner_id)
        tenant = _create(defaults | dict(values))
        Member.objects.create(tenant=tenant, person_id=owner_id, role=Role.OWNER)
        record("tenant.registered", tenant_id=tenant.pk, by=by, data={"name": tenant.name})
    return tenant


def _refuse_too_many(owner_id: UUID) -> None:
    # One after the other, so that two at once can't pass the limit.
    get_user_model().objects.select_for_update(no_key=True).get(pk=owner_id)
    drafts = Member.objects.current().filter(
        person_id=owner_id, role=Role.OWNER, tenant__state=State.DRAFT
    )
    if drafts.count() >= MOST_DRAFTS:
        raise TooManyDrafts(limit=MOST_DRAFTS)


def _create(values: Mapping[str, Any]) -> Tenant:
    base = slug_of(values["name"])
    while True:
        slug = next_free(base, _taken(base))
        try:
            with transaction.atomic():
                return Tenant.objects.create(slug=slug, **values)
        except IntegrityError:
            # Somebody took the name at this moment, and has committed: the next look shows it.
            if not Tenant.objects.filter(slug=slug).exists():
                raise


def _taken(base: str) -> set[str]:
    """The slugs that may stand in the way: `base`, and what begins as a numbered one would."""
    numbered = f"{base}-" if len(base) <= SHORTENED else base[:SHORTENED]
    found = Tenant.objects.filter(Q(slug=base) | Q(slug__startswith=numbered))
    return set(found.values_list("slug", flat=True))
