"""Where one asks about something, and where files go."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url


def announce_url(slug: str) -> str:
    """Where scripts announce files; empty where browsers can't put them into the store."""
    return resolve_url("tickets:announce", slug) if settings.UPLOAD_ORIGIN else ""


def with_way_to_store(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The page with the form for files: its scripts, and no other page's, may go there."""
    if not settings.UPLOAD_ORIGIN:
        return response
    let_in = csp_update({"connect-src": [settings.UPLOAD_ORIGIN]})
    return cast("HttpResponse", let_in(lambda _request: response)(request))


def ask_url(slug: str, **about: UUID) -> str:
    """The page for a new ticket about this `invoice`, or this `service`."""
    return f"{resolve_url('tickets:new', slug)}?{urlencode(about)}"
