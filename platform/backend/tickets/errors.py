"""What can go wrong with tickets, as callers are told."""

from __future__ import annotations

from backend.common.problems import Forbidden, NotFound, Problem


class TicketNotFound(NotFound):
    """No such ticket, or not one that the caller may see."""

    code = "ticket-not-found"
    title = "No such ticket"


class AttachmentNotFound(NotFound):
    code = "attachment-not-found"
    title = "No such attachment"


class TicketClosed(Problem):
    """Nothing is written into a closed ticket: it is reopened with a message."""

    status_code = 409
    code = "ticket-closed"
    title = "The ticket is closed"


class TicketMerged(Problem):
    """Says the `number` and `id` of the ticket in which it goes on."""

    status_code = 409
    code = "ticket-merged"
    title = "The ticket goes on in another one"


class SomebodyAnswered(Problem):
    """409; says who wrote since the ticket was looked at, `author`. Nothing was sent."""

    status_code = 409
    code = "somebody-answered"
    title = "Somebody else has answered meanwhile"


class AttachmentsUnknown(Problem):
    """One isn't there, isn't the caller's, or went with another message. Says which, `ids`."""

    status_code = 409
    code = "attachments-unknown"
    title = "These attachments can't be sent"


class TooManyAttachmentsWaiting(Problem):
    """So many files were announced, and no message was sent with them."""

    status_code = 409
    code = "too-many-attachments-waiting"
    title = "Too many files are waiting to be sent along with a message"


class AttachmentNotReady(Problem):
    """Its check isn't over: see `Retry-After`."""

    status_code = 409
    code = "attachment-not-ready"
    title = "The file is still being checked"


class AttachmentRefused(Problem):
    """Says why, `refusal`."""

    status_code = 409
    code = "attachment-refused"
    title = "The file was refused"


class MergeRefused(Problem):
    """The ticket would be merged into itself, into a merged one, or it was merged before."""

    status_code = 409
    code = "merge-refused"
    title = "These tickets can't be merged"


class LinkForbidden(Forbidden):
    """The caller may not see what the ticket would be about."""

    code = "link-forbidden"
    title = "The ticket can't be about something that you may not see"


class AssigneeUnfit(Problem):
    """Only those of the staff look after tickets who may answer them."""

    status_code = 409
    code = "assignee-unfit"
    title = "This person can't answer tickets"
