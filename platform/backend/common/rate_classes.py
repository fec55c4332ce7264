"""How often each class of endpoint may be called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import environ
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class RateClass:
    """At most `limit` requests in each window of `period` seconds."""

    limit: int
    period: int


DEFAULTS: Final[dict[str, str]] = {
    # Per tenant and app.
    "read": "1200/60",
    "write": "300/60",
    "bulk": "20/60",
    "upload": "120/60",
    # Per address: people before they are known.
    "auth": "120/60",
    "sign-in-address": "30/900",
    "sign-up-address": "20/3600",
    "mail-address": "20/3600",
    # Per account: guesses of a password, a second factor or a code.
    "sign-in-account": "10/900",
    "second-factor": "5/900",
    "code": "10/900",
    "mail-account": "5/900",
    # Invitations: mails of one tenant, of one tenant to one address, of all tenants to one address.
    "invitation-tenant": "60/3600",
    "invitation-mail": "5/3600",
    "invitation-address": "20/86400",
}


def rate_classes(env: environ.Env) -> dict[str, RateClass]:
    """The classes, each overridable as in RATE_LIMIT_READ=1200/60 (requests per seconds)."""
    classes = {}
    for name, default in DEFAULTS.items():
        variable = f"RATE_LIMIT_{name.upper().replace('-', '_')}"
        value = env.str(variable, default=default)
        if not (match := re.fullmatch(r"(\d{1,9})/(\d{1,6})", value)) or "0" in match.groups():
            raise ImproperlyConfigured(
                f"{variable}={value}: expected REQUESTS/SECONDS, such as {default}."
            )
        classes[name] = RateClass(limit=int(match[1]), period=int(match[2]))
    return classes
