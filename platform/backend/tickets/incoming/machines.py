"""Mails that no person wrote, or that aren't from whom they name: they would answer each other."""

from __future__ import annotations

import re
from typing import Final

from backend.tickets.incoming.mail import IncomingMessage

_BULK: Final = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})
_DAEMONS: Final = re.compile(
    r"(mailer-?daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+._-][^@]*)?@.*"
)
_LISTS: Final = ("list-id", "list-unsubscribe", "list-post")
_ANSWERS: Final = ("x-autoreply", "x-autorespond", "x-auto-reply-from", "x-failed-recipients")
_MAILGUNS: Final = ("x-mailgun-spf", "x-mailgun-dkim-check-result")


def is_automatic(mail: IncomingMessage) -> bool:
    """Whether a machine sent it: an absence notice, a list, a mail server, a program like us."""
    submitted = mail.header("auto-submitted").lower()
    return (
        (submitted != "" and not submitted.startswith("no"))
        or mail.header("precedence").lower() in _BULK
        or _suppresses_answers(mail)
        or any(name in mail.headers for name in (*_LISTS, *_ANSWERS))
        or _DAEMONS.fullmatch(mail.sender) is not None
        or _has_empty_return_path(mail)
        or mail.message.get_content_type() == "multipart/report"
    )


def _suppresses_answers(mail: IncomingMessage) -> bool:
    """Exchange sets it on what it writes by itself; people's mails may have it with "None"."""
    given = mail.header("x-auto-response-suppress").lower()
    return given not in ("", "none")


def _has_empty_return_path(mail: IncomingMessage) -> bool:
    """As mail servers write by themselves; the provider says nothing of it, or what it was."""
    sender = mail.message.envelope_sender
    return mail.header("return-path") == "<>" or (
        sender is not None and sender.strip() in ("", "<>")
    )


def is_forged(mail: IncomingMessage) -> bool:
    """Whether the provider's own checks say that the sender's server didn't send it.

    No verdict is none. Each server puts its verdict above those of before, which may be forged.
    """
    by_mailgun = [value.lower() for name in _MAILGUNS for value in mail.headers.get(name, ())]
    if "fail" in by_mailgun:
        return True
    if mail.header("received-spf").lower().startswith("fail"):
        return True
    verdicts = mail.header("authentication-results").lower()
    found = re.findall(r"\b(spf|dkim|dmarc)\s*=\s*(\w+)", verdicts)
    passed = {method for method, verdict in found if verdict == "pass"}
    return any(verdict == "fail" and method not in passed for method, verdict in found)
