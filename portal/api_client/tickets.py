"""What the business asks the operator: tickets, their messages, and files with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls
from portal.api_client.errors import Forbidden


class Department(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    name: str
    summary: str = ""
    """What to ask it about."""


class Priority(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    """`low`, `normal`, `high` or `urgent`."""
    answer_within_hours: int


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """Of files that are taken."""

    content_type: str
    extension: str
    """With its dot: `.pdf`."""


class AttachmentRules(msgspec.Struct, frozen=True, kw_only=True):
    kinds: tuple[Kind, ...]
    max_bytes: int
    """Of one file."""
    most: int
    """With one message."""

    def content_type_of(self, filename: str) -> str:
        """What such a file is announced as; empty of a kind that isn't taken."""
        name = filename.lower()
        fitting = (each for each in self.kinds if name.endswith(each.extension.lower()))
        return next((each.content_type for each in fitting), "")


class TicketOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a new ticket can be."""

    departments: tuple[Department, ...]
    priorities: tuple[Priority, ...]
    attachments: AttachmentRules


class Opener(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    is_you: bool


class TicketLink(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    number: int


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    number: int
    subject: str
    state: str
    """`open`, `awaiting_staff`, `awaiting_customer`, `closed` or `reopened`."""
    priority: str
    department: Department
    opened_by: Opener
    created_at: datetime
    last_message_at: datetime
    last_message_by: str
    """`customer`, `staff` or `system`."""
    is_unread: bool
    answer_due_at: datetime | None
    """Until when it is answered, while support is waited for."""
    closes_at: datetime | None
    """When it will close by itself, once that was announced."""
    merged_into: TicketLink | None
    can: frozenset[str]
    """`reply`, `close`, `reopen`."""


class TicketPage(msgspec.Struct, frozen=True, kw_only=True):
    """The newest activity first."""

    results: tuple[Ticket, ...]
    next_cursor: str | None
    previous_cursor: str | None
    can: frozenset[str]
    """`open`."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    filename: str
    content_type: str
    size: int
    """In bytes."""
    state: str
    """`checking`, `ready` or `refused`."""
    refusal: str | None
    """Why, in a word: `missing`, `size`, `kind`."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    ticket_number: int
    """Of the ticket that it was written in, which may have been merged into this one."""
    side: str
    """`customer`, `staff` or `system`."""
    author: str
    is_you: bool
    via: str
    """`portal`, `api`, `mail`, `admin` or `system`."""
    created_at: datetime
    body: str
    """As it was written: Markdown."""
    body_html: str
    """The same for a page, safe to print as it is: the platform lets nothing else through."""
    event: str | None
    """What the platform itself tells; `body_html` is then its sentence."""
    attachments: tuple[Attachment, ...]
    is_new: bool
    """Whether this person hasn't seen it before."""


class MessagePage(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first."""

    results: tuple[Message, ...]
    next_cursor: str | None
    previous_cursor: str | None


class InvoiceLink(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    number: str


class ServiceLink(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    plan: str


class TicketDetail(Ticket, frozen=True, kw_only=True):
    invoice: InvoiceLink | None
    service: ServiceLink | None
    messages: tuple[Message, ...]
    """The newest ones, oldest first."""
    earlier_cursor: str | None
    """Where the page of the messages before these begins."""


class TicketSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Counted up to 100."""

    awaiting_you: int
    unread: int


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """How the file's bytes get into the store."""

    method: str
    url: str
    headers: dict[str, str]
    expires_at: datetime


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """A file that may be put into the store, and then sent along with a message."""

    id: UUID
    filename: str
    content_type: str
    size: int
    upload: Upload


class AttachmentLink(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever has the address can download the file until it expires."""

    url: str
    expires_at: datetime


class Tickets:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def options(self) -> TicketOptions:
        return self._calls.fetch(paths.GET_TICKET_OPTIONS, TicketOptions)

    def summary(self) -> TicketSummary:
        return self._calls.fetch(paths.GET_TICKET_SUMMARY, TicketSummary)

    def summary_if_allowed(self) -> TicketSummary | None:
        """For pages about something else: None for who may not see tickets."""
        try:
            return self.summary()
        except Forbidden:
            return None

    def list(
        self,
        *,
        state: str = "",
        department: str = "",
        unread: bool = False,
        q: str = "",
        cursor: str = "",
    ) -> TicketPage:
        """`state` is `open` (all that aren't closed), `awaiting_customer`, `awaiting_staff` or
        `closed`."""
        return self._calls.fetch(
            paths.LIST_TICKETS,
            TicketPage,
            query={
                "state": state,
                "department": department,
                "unread": "true" if unread else "",
                "q": q,
                "cursor": cursor,
            },
        )

    def open(
        self,
        *,
        subject: str,
        department: str,
        priority: str,
        body: str,
        invoice: UUID | None,
        service: UUID | None,
        attachments: Sequence[UUID],
        idempotency_key: str,
    ) -> TicketDetail:
        about = {"invoice": invoice, "service": service}
        return self._calls.fetch(
            paths.OPEN_TICKET,
            TicketDetail,
            json={
                "subject": subject,
                "department": department,
                "priority": priority,
                "body": body,
                "attachments": attachments,
                **{name: given for name, given in about.items() if given},
            },
            idempotency_key=idempotency_key,
        )

    def get(self, id: UUID) -> TicketDetail:  # noqa: A002 -- it is the ticket's `id`
        return self._calls.fetch(paths.GET_TICKET, TicketDetail, parts={"id": id})

    def messages(self, id: UUID, *, cursor: str = "") -> MessagePage:  # noqa: A002
        return self._calls.fetch(
            paths.LIST_TICKET_MESSAGES, MessagePage, parts={"id": id}, query={"cursor": cursor}
        )

    def reply(
        self,
        id: UUID,  # noqa: A002
        *,
        body: str,
        attachments: Sequence[UUID],
        idempotency_key: str,
    ) -> Message:
        return self._calls.fetch(
            paths.REPLY_TO_TICKET,
            Message,
            parts={"id": id},
            json={"body": body, "attachments": attachments},
            idempotency_key=idempotency_key,
        )

    def close(self, id: UUID, *, reason: str, idempotency_key: str) -> Ticket:  # noqa: A002
        return self._calls.fetch(
            paths.CLOSE_TICKET,
            Ticket,
            parts={"id": id},
            json={"reason": reason},
            idempotency_key=idempotency_key,
        )

    def reopen(
        self,
        id: UUID,  # noqa: A002
        *,
        body: str,
        attachments: Sequence[UUID],
        idempotency_key: str,
    ) -> Ticket:
        return self._calls.fetch(
            paths.REOPEN_TICKET,
            Ticket,
            parts={"id": id},
            json={"body": body, "attachments": attachments},
            idempotency_key=idempotency_key,
        )

    def mark_read(self, id: UUID) -> None:  # noqa: A002
        """All until now is read."""
        self._calls.send(paths.READ_TICKET, parts={"id": id}, json={})

    def announce(
        self, *, filename: str, content_type: str, size: int, idempotency_key: str
    ) -> Announced:
        return self._calls.fetch(
            paths.ANNOUNCE_ATTACHMENT,
            Announced,
            json={"filename": filename, "content_type": content_type, "size": size},
            idempotency_key=idempotency_key,
        )

    def link(self, id: UUID, attachment_id: UUID) -> AttachmentLink:  # noqa: A002
        """A new one each time: a repeated answer would give a link that is over."""
        return self._calls.fetch(
            paths.LINK_ATTACHMENT,
            AttachmentLink,
            parts={"id": id, "attachment_id": attachment_id},
            json={},
        )
