"""Where a visitor comes from."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The visitor's address: as many entries from the right as there are trusted proxies.

    Whatever stands further left in `X-Forwarded-For` the visitor may have written themselves.
    """
    hops = settings.TRUSTED_PROXIES
    forwarded = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
    if hops and len(forwarded) >= hops:
        address = forwarded[-hops]
    else:
        address = request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(address))
    except ValueError:
        return ""
