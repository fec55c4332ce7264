"""What stands beside a ticket: whose it is, who asks, what they pay for, and what they did lately.

Each part is shown to those of the staff who may look at it elsewhere too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.safestring import SafeString

from backend.audit.models import AuditEvent
from backend.billing.models import Account
from backend.client_apps.models import ClientApp
from backend.common.admin import link_to
from backend.common.money import written
from backend.services.models import Service
from backend.tenants.models import Member
from backend.tickets.levels import hours_of
from backend.tickets.models import Priority, Ticket

OTHERS: Final = 6
EVENTS: Final = 8
# So many are looked through for what the tenant's own people and apps did.
LATEST: Final = 60

Text = SafeString | str


@dataclass(frozen=True, slots=True)
class Asker:
    """Who opened the ticket. `language` is theirs, as far as it is known."""

    name: Text
    role: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Beside:
    business: Text
    facts: Sequence[tuple[str, Text]]
    asker: Asker
    hours: int
    others: Sequence[Ticket]
    events: Sequence[AuditEvent]


def beside(ticket: Ticket, user: Any) -> Beside:
    """As this member of staff may see it. A constant number of queries."""
    may = user.has_perm
    tickets = Ticket.objects.for_tenant(ticket.tenant_id).filter(merged_into__isnull=True)
    tenant = ticket.tenant
    return Beside(
        business=link_to(tenant) or "" if may("tenants.view_tenant") else str(tenant),
        facts=[*_of_business(ticket, may), *_of_matter(ticket, may)],
        asker=asker_of(ticket, may),
        hours=hours_of(ticket.tenant_id)[Priority(ticket.priority)],
        others=list(tickets.exclude(pk=ticket.pk).order_by("-last_message_at", "-pk")[:OTHERS]),
        events=_lately(ticket) if may("audit.view_auditevent") else [],
    )


def asker_of(ticket: Ticket, may: Any) -> Asker:
    """Whoever opened it, as they are now; their name as it was where they are gone."""
    if ticket.opened_by_kind == "app":
        apps = ClientApp.objects.filter(tenant_id=ticket.tenant_id)
        app = apps.filter(pk=ticket.opened_by_id or None).first()
        link = link_to(app) if may("client_apps.view_clientapp") else None
        return Asker(link or ticket.opened_by, "Client app", "", "")
    if ticket.opened_by_kind == "staff":
        return Asker(ticket.opened_by, "Of our staff", "", "")
    members = Member.objects.for_tenant(ticket.tenant_id).filter(person_id=ticket.opened_by_id)
    member = members.select_related("person").order_by("-revoked_at").first()
    if member is None:
        return Asker(ticket.opened_by, "No longer a member", "", "")
    role = "No longer a member" if member.revoked_at else member.get_role_display()
    if not may("tenants.view_member"):
        return Asker(ticket.opened_by, role, "", member.person.language)
    name = link_to(member, member.person.name) or ticket.opened_by
    return Asker(name, role, member.person.email, member.person.language)


def language_of(ticket: Ticket) -> str:
    """Of who opened it. English, where nothing is known."""
    members = Member.objects.for_tenant(ticket.tenant_id).filter(person_id=ticket.opened_by_id)
    found: str | None = members.values_list("person__language", flat=True).first()
    return found or "en"


def _of_business(ticket: Ticket, may: Any) -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = [("State", ticket.tenant.get_state_display())]
    if may("services.view_service"):
        rows = Service.objects.for_tenant(ticket.tenant_id).current().filter(is_addon=False)
        service = rows.order_by("-pk").first()
        plan = (
            link_to(service, f"{service.plan_name}, {service.get_state_display().lower()}")
            if service
            else None
        )
        found.append(("Plan", plan or "None"))
    if may("billing.view_account"):
        account = Account.objects.for_tenant(ticket.tenant_id).first()
        due = (
            link_to(account, written(account.facts.due_minor, account.currency))
            if account and account.facts.due_minor
            else None
        )
        found.append(("Due", due or "Nothing"))
    return found


def _plan(service: Service) -> str:
    return f"{service.plan_name}, {service.get_state_display().lower()}"


def _of_matter(ticket: Ticket, may: Any) -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = []
    if ticket.invoice_id and may("billing.view_invoice"):
        found.append(("About invoice", link_to(ticket.invoice) or ""))
    if ticket.service_id and may("services.view_service"):
        found.append(("About service", link_to(ticket.service) or ""))
    return found


def _lately(ticket: Ticket) -> list[AuditEvent]:
    events = AuditEvent.objects.for_tenant(ticket.tenant_id).order_by("-pk")[:LATEST]
    return [event for event in events if event.by_kind in ("person", "app")][:EVENTS]
