"""Where an address is, roughly, as told by a file in MaxMind's format that the operator provides.

Nothing is asked over the network, and nothing is kept: the place is looked up when it is shown.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import cache
from typing import Any

import maxminddb
import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from maxminddb.reader import Reader

log = structlog.get_logger(__name__)


@cache
def database() -> Reader | None:
    """The file at `GEOIP_DATABASE`, mapped into memory once per process; None without one.

    Raises ImproperlyConfigured where it can't be read, or isn't such a file.
    """
    path = settings.GEOIP_DATABASE
    if not path:
        return None
    try:
        return maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise ImproperlyConfigured(
            f"GEOIP_DATABASE={path}: no file in MaxMind's format can be read there "
            f"({type(error).__name__})."
        ) from error


def place_of(address: str | None, language: str) -> str:
    """City and country, as "Vienna, Austria", in the language where the file has it, else English.

    Empty where nothing is known: without a file, and for addresses that are nowhere in particular.
    """
    reader = database()
    if reader is None or not address:
        return ""
    found = ipaddress.ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    if not found.is_global:
        return ""
    try:
        entry = reader.get(found)
    except (ValueError, maxminddb.InvalidDatabaseError) as error:
        # An IPv6 address and a file without them, or a file that is damaged further in.
        log.warning("place not found", error=type(error).__name__)
        return ""
    if not isinstance(entry, Mapping):
        return ""
    names = [_name(entry.get(part), language) for part in ("city", "country")]
    # A city may be its own country.
    return ", ".join(dict.fromkeys(filter(None, names)))


def _name(part: Any, language: str) -> str:
    names = part.get("names") if isinstance(part, Mapping) else None
    if not isinstance(names, Mapping):
        return ""
    return str(names.get(language) or names.get("en") or "")
