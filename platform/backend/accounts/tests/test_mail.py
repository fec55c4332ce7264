from __future__ import annotations

import json
import traceback
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMessage
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.accounts import mail
from backend.accounts.mail import send_account_mail
from backend.accounts.models import Person
from backend.common.encryption import decrypt
from backend.common.mail import MailRefused, send_mail, send_mail_later
from backend.common.tenancy import tenant_scope
from backend.conftest import House

TEMPLATES = Path(mail.__file__).parent / "templates" / "accounts" / "mail"
NAMES = sorted(path.stem for path in (TEMPLATES / "en").glob("*.txt"))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", NAMES)
def test_every_mail_is_there_in_every_language(
    mailbox: Any, db: None, name: str, language: str
) -> None:
    Person.objects.create_user("p@example.com", name="P", language=language)
    given = {
        "code": "BCDF-GHJK",
        "ip": "203.0.113.7",
        "from_email": "old@example.com",
        "to_email": "new@example.com",
        "signup_url": "https://portal.test/sign-up/",
        "password_reset_url": "https://portal.test/password-reset/",
    }

    send_account_mail(name, "p@example.com", given)

    (message,) = mailbox.read()
    assert "Tavola" in message.subject or "Tavola" in message.body
    assert "\n" not in message.subject
    assert message.subject.strip() == message.subject != ""
    assert "{{" not in message.body
    assert "&" not in message.body
    assert not message.body.startswith("\n")


def test_the_languages_have_the_same_mails() -> None:
    assert sorted(path.stem for path in (TEMPLATES / "de").glob("*.txt")) == NAMES
    assert len(NAMES) == 14


def test_it_is_in_the_persons_language(mailbox: Any, ben: Person) -> None:
    send_account_mail("password_reset_code", ben.email, {"code": "BCDF-GHJK"})

    (message,) = mailbox.read()
    assert message.subject == "Ihr Code für ein neues Tavola-Passwort"


def test_a_stranger_gets_the_language_of_the_page(visitor: Any, mailbox: Any) -> None:
    visitor.headers["accept_language"] = "de-AT,de;q=0.9"
    visitor.post("auth/password/request/", {"email": "nobody@example.com"})

    (message,) = mailbox.read()
    assert message.subject == "Zu dieser Adresse gibt es kein Tavola-Konto"


def test_what_people_typed_is_not_escaped(mailbox: Any, db: None) -> None:
    send_account_mail("account_already_exists", "o'neil&sons@example.com", {})

    (message,) = mailbox.read()
    assert "o'neil&sons@example.com" in message.body


def test_the_body_is_encrypted_in_the_job(db: None) -> None:
    send_mail_later(EmailMessage("Subject", "the code is BCDF", to=["p@example.com"]))

    job = ProcrastinateJob.objects.latest("id")
    assert job.task_name == "common.send_mail"
    assert "BCDF" not in str(job.args)
    assert "p@example.com" not in str(job.args)
    assert json.loads(decrypt(job.args["message"]))["body"] == "the code is BCDF"


def test_the_job_sends_the_message_as_it_was(db: None) -> None:
    message = EmailMessage(
        "Grüße", "Zeile eins\nZeile zwei", "Tavola <t@x.test>", ["p@example.com"],
        headers={"Reply-To": "help@x.test"},
    )  # fmt: skip
    send_mail_later(message)

    send_mail(**ProcrastinateJob.objects.latest("id").args)

    (sent,) = outbox.outbox
    assert (sent.subject, sent.body) == ("Grüße", "Zeile eins\nZeile zwei")
    assert (sent.from_email, sent.to) == ("Tavola <t@x.test>", ["p@example.com"])
    assert sent.extra_headers == {"Reply-To": "help@x.test"}


def test_nothing_is_sent_of_what_was_rolled_back(mailbox: Any) -> None:
    with transaction.atomic():
        send_mail_later(EmailMessage("Subject", "Body", to=["p@example.com"]))
        transaction.set_rollback(True)

    assert mailbox.read() == []


def test_it_can_be_queued_from_inside_a_tenant(mailbox: Any, aurora: House) -> None:
    with tenant_scope(aurora.tenant.id):
        send_mail_later(EmailMessage("Subject", "Body", to=["p@example.com"]))
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            (role,) = cursor.fetchone()

    assert role.endswith("_tenant")
    assert len(mailbox.read()) == 1


def test_a_refused_recipient_is_not_named_in_the_error(
    monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    def refuse(self: EmailMessage) -> int:
        raise SMTPRecipientsRefused({"p@example.com": (550, b"no p@example.com here")})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    send_mail_later(EmailMessage("Subject", "Body", to=["p@example.com"]))

    with pytest.raises(MailRefused) as raised:
        send_mail(**ProcrastinateJob.objects.latest("id").args)

    assert "550" in str(raised.value)
    assert "p@example.com" not in "".join(traceback.format_exception(raised.value))
