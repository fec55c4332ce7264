"""What `check` has to say about mail that comes in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from backend.tickets.incoming.providers import KNOWN, is_protected, needed


@checks.register(checks.Tags.security)
def incoming_mail(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """That nobody but the provider can hand mails over."""
    provider = settings.INBOUND_MAIL_PROVIDER
    if not settings.INBOUND_MAIL_DOMAIN:
        return []
    if provider not in KNOWN:
        return [
            checks.Error(
                f"INBOUND_MAIL_PROVIDER={provider}: no such provider is understood.",
                hint=f"One of {', '.join(sorted(KNOWN))}.",
                id="tavola.E003",
            )
        ]
    if not is_protected(provider):
        return [
            checks.Error(
                f"Anybody could write into tickets: ANYMAIL has no {needed(provider)}.",
                hint="Add it, or unset INBOUND_MAIL_DOMAIN. Until then no mail is heard.",
                id="tavola.E004",
            )
        ]
    return []
