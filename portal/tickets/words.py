"""What the platform's words about tickets are called here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from portal.api_client.tickets import Attachment, Message, Priority, Ticket, TicketDetail
from portal.ui.components.formats import clock, count, day
from portal.ui.widgets import Choice

Words = str | Promise

HOURS_OF_A_DAY: Final = 24
MOST_COUNTED: Final = 100


class Label(NamedTuple):
    label: Words
    tone: str = "neutral"
    icon: str = ""


STATES: Final[Mapping[str, Label]] = {
    "open": Label(pgettext_lazy("of a ticket", "Open"), icon="circle-dot"),
    "awaiting_staff": Label(gettext_lazy("Our turn"), icon="circle-dot"),
    "awaiting_customer": Label(gettext_lazy("Your turn"), "warning", "reply"),
    "reopened": Label(gettext_lazy("Reopened"), icon="rotate-ccw"),
    "closed": Label(pgettext_lazy("of a ticket", "Closed"), icon="circle-check"),
}
FILTERS: Final[Mapping[str, Words]] = {
    "open": pgettext_lazy("of tickets", "Open"),
    "awaiting_customer": gettext_lazy("Your turn"),
    "awaiting_staff": gettext_lazy("Our turn"),
    "closed": pgettext_lazy("of tickets", "Closed"),
}
PRIORITIES: Final[Mapping[str, Words]] = {
    "low": gettext_lazy("Low"),
    "normal": gettext_lazy("Normal"),
    "high": gettext_lazy("High"),
    "urgent": gettext_lazy("Urgent"),
}
MEANS: Final[Mapping[str, Words]] = {
    "low": gettext_lazy("It can wait."),
    "normal": gettext_lazy("Most things."),
    "high": gettext_lazy("It is in the way of your work."),
    "urgent": gettext_lazy("You can’t work."),
}
ATTACHMENTS: Final[Mapping[str, Label]] = {
    "checking": Label(gettext_lazy("Being checked"), icon="hourglass"),
    "ready": Label(""),
    "refused": Label(gettext_lazy("Refused"), "danger"),
}
REFUSALS: Final[Mapping[str, Words]] = {
    "missing": gettext_lazy("It never arrived"),
    "size": gettext_lazy("It didn’t arrive whole"),
    "kind": gettext_lazy("It isn’t what it says it is"),
}
EVENT_ICONS: Final[Mapping[str, str]] = {
    "closing-soon": "hourglass",
    "closed-silent": "circle-check",
    "merged": "merge",
}


def shown_count(number: int) -> str:
    """The platform counts no further than 100; nothing of nothing."""
    if not number:
        return ""
    return count(number) if number < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def ticket_state(ticket: Ticket) -> Label:
    return STATES.get(ticket.state) or Label(ticket.state)


def priority_name(key: str) -> Words:
    return PRIORITIES.get(key, key)


def priority_choice(priority: Priority) -> Choice:
    """ "Normal", and what it is for and means."""
    promise = _("We answer within %(time)s.") % {"time": _duration(priority.answer_within_hours)}
    means = MEANS.get(priority.key, "")
    return Choice(priority_name(priority.key), f"{means} {promise}".strip())


def _duration(hours: int) -> str:
    days, rest = divmod(hours, HOURS_OF_A_DAY)
    if rest or days < 2:
        text = ngettext("%(number)s hour", "%(number)s hours", hours)
        return text % {"number": count(hours)}
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": count(days)}


def what_comes(ticket: Ticket) -> str:
    """What happens next by itself, in a sentence; in the time zone that is active."""
    if ticket.closes_at:
        return _("It closes by itself on %(when)s, unless you write.") % {
            "when": _when(ticket.closes_at)
        }
    if ticket.answer_due_at is None:
        return ""
    if ticket.answer_due_at < timezone.now():
        return _("We wanted to answer by %(when)s. It takes a little longer, and isn’t lost.") % {
            "when": _when(ticket.answer_due_at)
        }
    return _("We answer by %(when)s.") % {"when": _when(ticket.answer_due_at)}


def _when(moment: datetime) -> str:
    return f"{day(moment)}, {clock(moment)}"


def hint_of(message: Message, ticket: TicketDetail) -> str:
    """Where a message came from, if not from this very page."""
    hints = []
    if message.via == "mail":
        hints.append(_("by email"))
    elif message.via == "api":
        hints.append(_("by an app"))
    if message.ticket_number != ticket.number:
        hints.append(_("in #%(number)s") % {"number": message.ticket_number})
    return ", ".join(hints)


def attachment_state(attachment: Attachment) -> Label:
    label = ATTACHMENTS.get(attachment.state) or Label(attachment.state)
    why = REFUSALS.get(attachment.refusal or "")
    return label._replace(label=why) if why else label
