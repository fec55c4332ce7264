"""Where one asks about something."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.shortcuts import resolve_url


def ask_url(slug: str, **about: UUID) -> str:
    """The page for a new ticket about this `invoice`, or this `service`."""
    return f"{resolve_url('tickets:new', slug)}?{urlencode(about)}"
