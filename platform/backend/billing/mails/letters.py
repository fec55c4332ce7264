"""A mail to everybody who looks after a tenant's bills, each in their own language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from backend.billing.jobs import PRIORITY
from backend.billing.models import CreditNote, Document, Invoice, Seller
from backend.common.mail import Attached, send_mail_later, write_mail
from backend.common.once import claim
from backend.tenants.models import Member, Role, Tenant

FOLDER: Final = "billing/mail"
CONTENT_TYPE: Final = "application/pdf"
# Managers may see the bills, and find them in the portal; these look after them.
READERS: Final = (Role.OWNER, Role.ACCOUNTANT)


@dataclass(frozen=True, slots=True)
class Letter:
    """The mail `name`; `said` are the values for its text in a language."""

    name: str
    tenant: Tenant
    said: Callable[[str], Mapping[str, Any]]
    attached: tuple[Attached, ...] = ()


def send_letter(letter: Letter, *, job: int) -> None:
    """Queues a mail for each reader: all or none, and once however often the job is run.

    Each mail is a job of its own, so that a server that refuses one doesn't double the others.
    """
    seller = Seller.get()
    home = f"{settings.PORTAL_ORIGIN}/t/{letter.tenant.slug}/"
    with transaction.atomic():
        if not claim(f"billing.mail:{job}"):
            return
        for email, person, language in _readers(letter.tenant):
            message = write_mail(
                FOLDER,
                letter.name,
                language,
                email,
                person=person,
                tenant=letter.tenant.name,
                seller=seller.name,
                questions=seller.email,
                home=home,
                address=f"{home}billing/",
                has_pdf=bool(letter.attached),
                **letter.said(language),
            )
            message.extra_headers["Reply-To"] = seller.email
            send_mail_later(message, attached=letter.attached, priority=PRIORITY)


def attached_pdf(of: Invoice | CreditNote, document: Document | None) -> tuple[Attached, ...]:
    """Nothing where there is no place for files."""
    if document is None:
        return ()
    return (Attached(document.name, f"{of.number}.pdf", CONTENT_TYPE),)


def _readers(tenant: Tenant) -> list[tuple[str, str, str]]:
    members = Member.objects.for_tenant(tenant.pk).current()
    readers = members.filter(role__in=READERS, person__is_active=True)
    return list(readers.values_list("person__email", "person__name", "person__language"))
