"""The addresses by which a mail finds its ticket and its writer: one for each ticket and person.

A token is computed of the two and `SECRET_KEY`, so that all mails about a ticket carry the same
one, and only its digest is kept: who reads the database can't write in anybody's name. It has 160
bits in letters that survive a mail server that folds case.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.utils.crypto import salted_hmac

from backend.tickets.models import ReplyAddress, Ticket

_PREFIX: Final = "reply+"
_TOKEN_BYTES: Final = 20
_SALT: Final = "backend.tickets.reply_addresses"


def is_configured() -> bool:
    """Whether mails can be answered by mail."""
    return bool(settings.INBOUND_MAIL_DOMAIN)


def address_for(ticket: Ticket, person: Any) -> str:
    """Where the person's mails about the ticket go; empty if none are heard here.

    One of a `SECRET_KEY` of before is replaced, and finds nothing any more.
    """
    if not is_configured():
        return ""
    token = _token(ticket, person)
    ReplyAddress.objects.update_or_create(
        tenant_id=ticket.tenant_id,
        ticket=ticket,
        person=person,
        defaults={"digest": _digest(token)},
    )
    return f"{_PREFIX}{token}@{settings.INBOUND_MAIL_DOMAIN}"


def found_in(recipients: Iterable[str]) -> list[ReplyAddress]:
    """Those of `recipients`, which are headers or addresses as they came, with their ticket and
    person. Looks across tenants: outside of every tenant's scope."""
    address = re.compile(
        rf"{re.escape(_PREFIX)}([a-z2-7]{{32}})@{re.escape(settings.INBOUND_MAIL_DOMAIN)}(?![\w.-])",
        re.IGNORECASE,
    )
    tokens = {token.lower() for each in recipients for token in address.findall(each)}
    rows = ReplyAddress.objects.filter(digest__in=map(_digest, tokens))
    return list(rows.select_related("ticket", "person").order_by("pk"))


def _token(ticket: Ticket, person: Any) -> str:
    mac = salted_hmac(_SALT, f"{ticket.pk}:{person.pk}", algorithm="sha256").digest()
    return b32encode(mac[:_TOKEN_BYTES]).decode("ascii").lower()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
