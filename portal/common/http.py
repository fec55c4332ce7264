"""What a view of the portal is given, and what it answers after a write."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.decorators.http import require_http_methods

from portal.api_client import Platform, Viewer, Visitor

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class PortalRequest(HttpRequest):
    """The request as the portal's middleware leaves it."""

    request_id: str
    visitor: Visitor
    platform: Platform
    viewer: Viewer | None
    """Who is looking. Known from the first reply of the platform on; None while nobody is."""
    markers: dict[str, str]
    """What is new, as a number, by the area of the site: for the navigation of this page."""


page_with_form = require_http_methods(["GET", "HEAD", "POST"])
"""For views that show a form and take what it sends."""


def know_viewer(request: PortalRequest) -> None:
    """For the page that shows nothing but a form: asks who is looking, if no reply has said so."""
    if request.viewer is None:
        request.platform.me.get()


class SeeOther(HttpResponseRedirect):
    """Look there next, with a GET, whatever was sent here."""

    status_code = 303


def see_other(
    to: str,
    *args: Any,
    notice: str = "",
    query: dict[str, str] | None = None,
    anchor: str = "",
    **kwargs: Any,
) -> SeeOther:
    """Where a write ends: on another page, with its notice named by a fixed word in the query.

    `anchor` is a place on that page.
    """
    words = {**(query or {}), **({"notice": notice} if notice else {})}
    address = resolve_url(to, *args, **kwargs)
    separator = "&" if urlsplit(address).query else "?"
    address = f"{address}{separator}{urlencode(words)}" if words else address
    return SeeOther(f"{address}#{anchor}" if anchor else address)


def local_path(address: str) -> str:
    """`address` if it is a path on this very site, else nothing.

    Browsers read "//host", "/\\host" and control characters their own way, so whatever isn't a
    plain path is refused rather than repaired.
    """
    plain = (
        address.isascii()
        and address.isprintable()
        and address.startswith("/")
        and not address.startswith("//")
        and "\\" not in address
    )
    return address if plain and len(address) <= 2000 else ""


def way_back(request: HttpRequest) -> str:
    """The page to return to: this one, or the one whose form was sent here."""
    if request.method in SAFE_METHODS:
        return request.get_full_path()
    try:
        referer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/"
    if referer.netloc == request.get_host() and local_path(referer.path):
        return referer.path
    return "/"
