"""Mail, sent by a job after the request has committed.

The request costs one INSERT whatever the mail server does, and no mail tells of something that was
rolled back. The message lies encrypted in the job, which the worker deletes once it is sent. Files
go with it by their names in the store, and are read when it is sent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backend.common import files
from backend.common.encryption import decrypt, encrypt
from backend.common.tenancy import owner_scope


class MailRefused(Exception):
    """The mail server doesn't take mail for this recipient."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file in the private store, and what it is called in the mail."""

    stored_as: str
    filename: str
    content_type: str


def send_mail_later(
    message: EmailMessage, *, attached: Sequence[Attached] = (), priority: int = 0
) -> None:
    """Queue a plain-text message within the current transaction.

    A `priority` below 0 is for mails that come by the thousand: codes that people wait for go
    before them.
    """
    fields: dict[str, Any] = {
        "subject": message.subject,
        "body": message.body,
        "from_email": message.from_email,
        "to": message.to,
        "headers": message.extra_headers,
    }
    if attached:
        fields["attached"] = [asdict(file) for file in attached]
    with owner_scope():
        send_mail.configure(priority=priority).defer(message=encrypt(json.dumps(fields)))


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
    fields = json.loads(decrypt(message))
    attached = [Attached(**file) for file in fields.pop("attached", [])]
    email = EmailMessage(**fields)
    for file in attached:
        email.attach(file.filename, files.read(file.stored_as), file.content_type)
    try:
        email.send()
    except SMTPRecipientsRefused as refusal:
        # Its text is the address, and would be logged with the job.
        codes = sorted({code for code, _ in refusal.recipients.values()})
        raise MailRefused(f"The mail server refused the recipient: {codes}") from None
