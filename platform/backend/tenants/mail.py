"""Mails to a tenant's owners about its state, each in the owner's language."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from backend.common.mail import send_mail_later, write_mail
from backend.tenants.models import Member, Role, Tenant

FOLDER: Final = "tenants/mail"


def mail_owners(name: str, tenant: Tenant) -> None:
    """Queues the mail `name` for each owner within the transaction. Needs the owner's rights."""
    owners = Member.objects.for_tenant(tenant.pk).current().filter(role=Role.OWNER)
    people = owners.values_list("person__email", "person__name", "person__language")
    for email, person, language in people:
        send_mail_later(
            write_mail(
                FOLDER,
                name,
                language,
                email,
                person=person,
                tenant=tenant.name,
                address=f"{settings.PORTAL_ORIGIN}/t/{tenant.slug}/",
            )
        )
