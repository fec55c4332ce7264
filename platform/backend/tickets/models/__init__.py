"""Tickets: what tenants ask the operator, and all that belongs to an answer."""

from backend.tickets.models.attachment import Attachment, AttachmentCheck, Refusal
from backend.tickets.models.department import CannedReply, Department, Priority, ServiceLevel
from backend.tickets.models.message import Event, InternalNote, Message, Via
from backend.tickets.models.people import (
    IncomingMail,
    MailRefusal,
    ReplyAddress,
    TicketAssignment,
    TicketReading,
)
from backend.tickets.models.term import TicketTerm
from backend.tickets.models.ticket import (
    Side,
    State,
    Ticket,
    TicketCounter,
    TicketTransition,
)

__all__ = [
    "Attachment",
    "AttachmentCheck",
    "CannedReply",
    "Department",
    "Event",
    "IncomingMail",
    "InternalNote",
    "MailRefusal",
    "Message",
    "Priority",
    "Refusal",
    "ReplyAddress",
    "ServiceLevel",
    "Side",
    "State",
    "Ticket",
    "TicketAssignment",
    "TicketCounter",
    "TicketReading",
    "TicketTerm",
    "TicketTransition",
    "Via",
]
