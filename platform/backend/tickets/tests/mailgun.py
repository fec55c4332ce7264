"""Mailgun, as it calls: https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

KEY = "key-of-mailgun"
ADDRESS = "/gateways/mail/mailgun/"


def signed(key: str = KEY, at: float | None = None, token: str = "") -> dict[str, str]:
    """The proof that comes with each call: Mailgun signs the time and a token, not the mail."""
    token = token or secrets.token_hex(25)
    timestamp = str(int(time.time() if at is None else at))
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": timestamp, "token": token, "signature": signature}


def call(
    *,
    to: str,
    sender: str,
    text: str | None = "It is plugged in.",
    html: str | None = None,
    headers: dict[str, str | None] | None = None,
    files: tuple[SimpleUploadedFile, ...] = (),
    proof: dict[str, str] | None = None,
    fields: dict[str, Any] | None = None,
    raises: bool = True,
) -> Any:
    """One mail, handed over. A header of None isn't there at all."""
    standard = {
        "Message-Id": f"<{secrets.token_hex(10)}@mail.example>",
        "From": f"Somebody <{sender}>",
        "To": to,
        "Subject": "Re: [#1] Kitchen printer",
        "X-Mailgun-Spf": "Pass",
        "X-Mailgun-Dkim-Check-Result": "Pass",
    }
    sent = {
        name: value for name, value in (standard | (headers or {})).items() if value is not None
    }
    data: dict[str, Any] = {
        "recipient": to,
        "sender": sender,
        "message-headers": json.dumps(list(sent.items())),
        **(signed() if proof is None else proof),
    }
    if text is not None:
        data["body-plain"] = text
    if html is not None:
        data["body-html"] = html
    if files:
        data["attachment-count"] = str(len(files))
        data |= {f"attachment-{number}": file for number, file in enumerate(files, 1)}
    return Client(raise_request_exception=raises).post(ADDRESS, data | (fields or {}))
