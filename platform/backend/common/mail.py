"""Mail, sent by a job after the request has committed.

The request costs one INSERT whatever the mail server does, and no mail tells of something that was
rolled back. The message lies encrypted in the job, which the worker deletes once it is sent.
"""

from __future__ import annotations

import json
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backend.common.encryption import decrypt, encrypt
from backend.common.tenancy import owner_scope


class MailRefused(Exception):
    """The mail server doesn't take mail for this recipient."""


def send_mail_later(message: EmailMessage) -> None:
    """Queue a plain-text message within the current transaction."""
    fields = {
        "subject": message.subject,
        "body": message.body,
        "from_email": message.from_email,
        "to": message.to,
        "headers": message.extra_headers,
    }
    with owner_scope():
        send_mail.defer(message=encrypt(json.dumps(fields)))


def write_mail(folder: str, name: str, language: str, to: str, /, **context: Any) -> EmailMessage:
    """The mail `<folder>/<language>/<name>.txt`, whose first line is the subject.

    Each text may name `portal`, `email` (the recipient's) and `now`.
    """
    with translation.override(language):
        text = render_to_string(
            f"{folder}/{language}/{name}.txt",
            {**context, "email": to, "portal": settings.PORTAL_ORIGIN, "now": timezone.now()},
        )
    subject, _, body = text.partition("\n")
    return EmailMessage(subject.strip(), body.lstrip("\n"), to=[to])


# 5 s, 25 s, 2 min, 10 min, 52 min: a mail server's restart, not its disappearance.
@app.task(
    name="common.send_mail",
    queue="mail",
    retry=RetryStrategy(max_attempts=5, exponential_wait=5),
)
def send_mail(message: str) -> None:
    try:
        EmailMessage(**json.loads(decrypt(message))).send()
    except SMTPRecipientsRefused as refusal:
        # Its text is the address, and would be logged with the job.
        codes = sorted({code for code, _ in refusal.recipients.values()})
        raise MailRefused(f"The mail server refused the recipient: {codes}") from None
