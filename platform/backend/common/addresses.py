"""Whose word about an address is believed."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest, *, is_portal: bool) -> str:
    """Where the request comes from: behind the portal the visitor's address, as the portal says.

    Entries of X-Forwarded-For count only as far as TRUSTED_PROXIES vouch for them, and the last of
    what is left where the portal does.
    """
    chain = [entry.strip() for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")] + [
        request.META.get("REMOTE_ADDR", "")
    ]
    hops = settings.TRUSTED_PROXIES + is_portal
    for entry in reversed(chain[: len(chain) - hops]):
        try:
            return str(ipaddress.ip_address(entry))
        except ValueError:
            break
    try:
        # A shorter or garbled chain: the peer of this connection is certain.
        return str(ipaddress.ip_address(chain[-1]))
    except ValueError:
        # A unix socket has no address.
        return "127.0.0.1"


def neighbourhood(address: str) -> str:
    """What a subscriber can't change at will: of an IPv6 address the first 64 bits."""
    found = ipaddress.ip_address(address)
    if found.version == 4:
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)
