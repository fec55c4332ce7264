"""Tickets and messages, as replies have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from backend.billing.api.parts import numbered
from backend.common.caller import Caller
from backend.tickets import markdown
from backend.tickets.api.permissions import ticket_actions
from backend.tickets.models import Attachment, Department, Event, Side
from backend.tickets.silence import NOTICE, closes_at
from backend.tickets.viewers import Viewer
from backend.tickets.wording import sentence

_AS_IT_IS: Final = (
    "id", "number", "subject", "state", "priority", "created_at", "last_message_at", "answer_due_at"
)  # fmt: skip
_OF_A_FILE: Final = ("id", "filename", "content_type", "size")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the reply, in which language, and where the day begins for them."""

    viewer: Viewer
    language: str
    time_zone: str

    @classmethod
    def of(cls, caller: Caller) -> Self:
        assert caller.tenant is not None  # the view requires a tenant
        language = caller.person.language if caller.person else get_language()
        return cls(Viewer.of(caller), language or "en", caller.tenant.time_zone)

    def department(self, department: Department) -> dict[str, Any]:
        return {"key": department.key, "name": department.name_in(self.language)}

    def day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def is_you(self, author_id: UUID | None) -> bool:
        return author_id == self.viewer.id

    def may_see(self, opened_by_id: UUID | None) -> bool:
        return self.viewer.sees_all or self.is_you(opened_by_id)


def ticket_shown(
    row: Mapping[str, Any], reader: Reader, departments: Mapping[UUID, Department]
) -> dict[str, Any]:
    """A row of a list, or what of a ticket isn't its messages."""
    merged_into = None
    if row["merged_into_id"] and reader.may_see(row["merged_into__opened_by_id"]):
        merged_into = {"id": row["merged_into_id"], "number": row["merged_into__number"]}
    return {name: row[name] for name in _AS_IT_IS} | {
        "department": reader.department(departments[row["department_id"]]),
        "opened_by": {"name": row["opened_by"], "is_you": reader.is_you(row["opened_by_id"])},
        "last_message_by": row["last_message_side"],
        "is_unread": row["unread_since"] is not None,
        "closes_at": closes_at(row["state"], row["last_message_at"], row["close_announced_at"]),
        "merged_into": merged_into,
        "can": ticket_actions(
            reader.viewer, row["state"], is_merged=row["merged_into_id"] is not None
        ),
    }


def links_shown(row: Mapping[str, Any], viewer: Viewer) -> dict[str, Any]:
    """What the ticket is about, as far as the viewer may see such."""
    service = row["service_id"] if viewer.sees_services else None
    return {
        "invoice": numbered(row["invoice_id"], row["invoice__number"])
        if viewer.sees_invoices
        else None,
        "service": {"id": service, "plan": row["service__plan_name"]} if service else None,
    }


def messages_shown(
    rows: Sequence[Mapping[str, Any]], reader: Reader, unread_since: datetime | None
) -> list[dict[str, Any]]:
    """Messages in the order of the rows. One query, for all their attachments."""
    attachments = _attachments_of([row["id"] for row in rows], reader.viewer.tenant_id)
    return [
        {
            "id": row["id"],
            "ticket_number": row["ticket__number"],
            "side": row["side"],
            "author": row["author"],
            "is_you": (is_you := row["side"] == Side.CUSTOMER and reader.is_you(row["author_id"])),
            "via": row["via"],
            "created_at": row["created_at"],
            "body": row["body"],
            "body_html": _body_shown(row, reader),
            "event": row["event"] or None,
            "attachments": attachments.get(row["id"], []),
            "is_new": unread_since is not None and row["created_at"] >= unread_since and not is_you,
        }
        for row in rows
    ]


def _body_shown(row: Mapping[str, Any], reader: Reader) -> str:
    if not row["event"]:
        return markdown.render(row["body"])
    closes_on = None
    if row["event"] == Event.CLOSING_SOON:
        closes_on = reader.day(row["created_at"] + NOTICE)
    return markdown.as_typed(sentence(row["event"], reader.language, closes_on=closes_on))


def _attachments_of(
    message_ids: Sequence[UUID], tenant_id: UUID
) -> dict[UUID, list[dict[str, Any]]]:
    rows = Attachment.objects.for_tenant(tenant_id).filter(message_id__in=message_ids)
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows.order_by("pk").values(*_OF_A_FILE, "message_id", "checks__refusal"):
        refusal = row["checks__refusal"]
        state = "checking" if refusal is None else "refused" if refusal else "ready"
        shown = {name: row[name] for name in _OF_A_FILE}
        found.setdefault(row["message_id"], []).append(
            shown | {"state": state, "refusal": refusal or None}
        )
    return found
