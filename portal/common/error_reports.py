"""Errors to Sentry, where one is configured: what broke and where, never what anybody sent."""

from __future__ import annotations

import re
from typing import Any

KEPT_OF_A_REQUEST = ("method", "url")
SECRET_IN_ADDRESS = re.compile(r"(?<=/invitations/)[^/?#]+")


def configure(dsn: str) -> None:
    """Without its care, a report holds bodies, search words and session tokens.

    Sentry's own switch for personal data leaves all these in, and each function's variables.
    """
    # Here, because it takes ten megabytes and time that most installations can spare.
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        before_send=without_what_was_sent,
    )


def without_what_was_sent(event: Any, hint: dict[str, Any]) -> Any:
    if request := event.get("request"):
        kept = {name: request[name] for name in KEPT_OF_A_REQUEST if name in request}
        event["request"] = {name: SECRET_IN_ADDRESS.sub("…", value) for name, value in kept.items()}
    return event
