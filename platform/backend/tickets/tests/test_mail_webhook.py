"""The provider's webhook: what it signed is taken once, what it didn't is read by nobody."""

from __future__ import annotations

import base64
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from anymail.inbound import AnymailInboundMessage
from django.core.checks import run_checks
from django.db import OperationalError, connections
from django.test import Client
from django.utils import timezone

from backend.common.files import StoreFailed
from backend.common.models import IdempotencyKey
from backend.common.tests.stores import local_store
from backend.conftest import House
from backend.tickets.incoming.machines import is_automatic
from backend.tickets.incoming.mail import IncomingMessage
from backend.tickets.incoming.providers import KNOWN
from backend.tickets.models import Attachment, IncomingMail, Message
from backend.tickets.reply_addresses import address_for
from backend.tickets.tasks.mail import purge_mails
from backend.tickets.tests import mailgun
from backend.tickets.tests.cast import a_ticket
from backend.tickets.tests.test_mail_in import PNG, Before, incoming, picture, reply
from backend.tickets.webhooks import inbound
from backend.tickets.workflows import receive_mail as workflow

__all__ = ["incoming", "local_store"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("incoming")]


@pytest.mark.parametrize(
    "proof",
    [
        mailgun.signed("another-key"),
        {**mailgun.signed(), "timestamp": str(int(time.time()) + 1)},
        {**mailgun.signed(), "token": "0" * 50},
        {**mailgun.signed(), "signature": ""},
        {},
        mailgun.signed(at=time.time() - 13 * 3600),
    ],
)
def test_what_isnt_signed_or_was_long_ago_is_refused(aurora: House, proof: Any) -> None:
    ticket = a_ticket(aurora)
    address_for(ticket, aurora.person("owner"))
    before = Before()
    assert reply(aurora, ticket, proof=proof, raises=False).status_code == 400
    assert before.unchanged()
    assert not IncomingMail.objects.exists()


def test_a_signature_is_good_for_one_mail(aurora: House) -> None:
    ticket = a_ticket(aurora)
    proof = mailgun.signed()
    given = {"proof": proof, "headers": {"Message-Id": "<one@mail.example>"}}
    assert reply(aurora, ticket, **given).status_code == 200
    before = Before()
    assert reply(aurora, ticket, **given).status_code == 200
    assert reply(aurora, ticket, proof=proof, text="Forged", raises=False).status_code == 400
    assert before.unchanged()
    assert IncomingMail.objects.count() == 1


def test_a_mail_is_taken_once_however_often_it_is_delivered(aurora: House) -> None:
    ticket = a_ticket(aurora)
    given = {"headers": {"Message-Id": "<one@mail.example>"}}
    assert reply(aurora, ticket, **given).status_code == 200
    before = Before()
    assert reply(aurora, ticket, **given).status_code == 200
    # The claims of deliveries are kept for a day.
    IdempotencyKey.objects.all().delete()
    assert reply(aurora, ticket, **given).status_code == 200
    assert before.unchanged()


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_at_the_same_time_are_one_mail(
    aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = a_ticket(aurora)
    address_for(ticket, aurora.person("owner"))
    both = threading.Barrier(2)
    judge = workflow.judge_mail

    def judge_together(mail: Any) -> Any:
        judged = judge(mail)
        both.wait(timeout=10)
        return judged

    monkeypatch.setattr(workflow, "judge_mail", judge_together)

    def deliver(_: int) -> int:
        try:
            given = {"headers": {"Message-Id": "<one@mail.example>"}}
            return int(reply(aurora, ticket, **given).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(deliver, range(2))) == [200, 200]
    assert ticket.messages.count() == 2
    assert IncomingMail.objects.count() == 1


def test_a_mail_without_an_id_is_known_by_its_delivery(aurora: House) -> None:
    ticket = a_ticket(aurora)
    proof = mailgun.signed()
    for _ in range(2):
        reply(aurora, ticket, proof=proof, headers={"Message-Id": None})
    reply(aurora, ticket, headers={"Message-Id": None})
    reply(aurora, ticket, headers={"Message-Id": "<" + "x" * 300 + "@mail.example>"})
    assert ticket.messages.count() == 4
    assert all(each.mail_id.startswith("sha256:") for each in IncomingMail.objects.all())


def test_a_failing_database_loses_no_mail(aurora: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = a_ticket(aurora)
    given = {
        "proof": mailgun.signed(),
        "headers": {"Message-Id": "<one@mail.example>"},
        "raises": False,
    }
    address_for(ticket, aurora.person("owner"))
    before = Before()
    with monkeypatch.context() as patch:

        def fail(*args: Any, **kwargs: Any) -> None:
            raise OperationalError("server closed the connection unexpectedly")

        patch.setattr(IncomingMail.objects, "create", fail)
        assert reply(aurora, ticket, **given).status_code == 500
    assert before.unchanged()
    assert not IncomingMail.objects.exists()
    assert reply(aurora, ticket, **given).status_code == 200
    assert ticket.messages.count() == 2


def test_a_failing_store_loses_no_file(
    aurora: House, local_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = a_ticket(aurora)
    given = {"headers": {"Message-Id": "<one@mail.example>"}, "raises": False}
    with monkeypatch.context() as patch:

        def fail(*args: Any) -> None:
            raise StoreFailed("away")

        patch.setattr("backend.common.files.put", fail)
        assert reply(aurora, ticket, files=(picture(),), **given).status_code == 500
    assert ticket.messages.count() == 1
    assert reply(aurora, ticket, files=(picture(),), **given).status_code == 200
    assert ticket.messages.latest("created_at").attachments.count() == 1


def test_a_request_beyond_the_bound_isnt_read(
    aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = a_ticket(aurora)
    address_for(ticket, aurora.person("owner"))
    before = Before()
    monkeypatch.setattr(inbound, "LARGEST", 1_000)
    response = reply(aurora, ticket, text="x" * 1_000, raises=False)
    assert response.status_code == 413
    assert response.json()["code"] == "payload-too-large"
    assert before.unchanged()
    assert not IncomingMail.objects.exists()


def test_a_large_file_comes_through_memory(
    aurora: House, settings: Any, local_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_disk(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("The web's disk can't be written")

    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", no_disk)
    ticket = a_ticket(aurora)
    size = 2 * settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    large = picture("scan.png", PNG + bytes(size))
    assert reply(aurora, ticket, files=(large,)).status_code == 200
    assert ticket.messages.latest("created_at").attachments.get().size == size + len(PNG)


# --- Providers


def test_only_the_configured_provider_is_heard(aurora: House, settings: Any) -> None:
    ticket = a_ticket(aurora)
    for provider in (*KNOWN - {"mailgun"}, "nobody", "amazon_ses"):
        assert Client().post(f"/gateways/mail/{provider}/", {}).status_code == 404
    settings.INBOUND_MAIL_DOMAIN = ""
    settings.INBOUND_MAIL_PROVIDER = ""
    assert mailgun.call(to="x@y.example", sender="a@b.example").status_code == 404
    assert ticket.messages.count() == 1


@pytest.mark.parametrize("provider", sorted(KNOWN))
def test_no_provider_is_heard_without_a_proof(settings: Any, provider: str) -> None:
    settings.INBOUND_MAIL_PROVIDER, settings.ANYMAIL = provider, {}
    assert Client().post(f"/gateways/mail/{provider}/", {}).status_code == 404
    [error] = [each for each in run_checks() if each.id.startswith("tavola.E")]
    assert error.id == "tavola.E004"
    assert error.msg.startswith("Anybody could write into tickets: ANYMAIL has no ")
    settings.INBOUND_MAIL_DOMAIN = ""
    assert [each for each in run_checks() if each.id.startswith("tavola.E")] == []


def test_an_unknown_provider_fails_the_check(settings: Any) -> None:
    assert [each.id for each in run_checks() if each.id.startswith("tavola.E")] == []
    settings.INBOUND_MAIL_PROVIDER = "pigeons"
    assert [each.id for each in run_checks() if each.id.startswith("tavola.E")] == ["tavola.E003"]


def postmark(to: str, sender: str, user: str = "", **more: Any) -> Any:
    """A provider that signs nothing, and sends JSON."""
    body = {
        "FromFull": {"Email": sender, "Name": "Somebody"},
        "ToFull": [{"Email": to, "Name": ""}],
        "OriginalRecipient": to,
        "Subject": "Re: [#1] Kitchen printer",
        "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
        "TextBody": "It is plugged in.",
        "Headers": [{"Name": "Message-ID", "Value": "<two@mail.example>"}],
        **more,
    }
    headers = {"authorization": f"Basic {base64.b64encode(user.encode()).decode()}"} if user else {}
    return Client(raise_request_exception=False).post(
        "/gateways/mail/postmark/", json.dumps(body), "application/json", headers=headers
    )


@pytest.fixture
def unsigned(incoming: None, settings: Any) -> None:
    settings.INBOUND_MAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": "postmark:secret-of-ours"}


@pytest.mark.usefixtures("unsigned")
def test_a_provider_without_signatures_shows_the_secret(aurora: House) -> None:
    ticket, person = a_ticket(aurora), aurora.person("owner")
    address = address_for(ticket, person)
    before = Before()
    for user in ("", "postmark:secret", "postmark:secret-of-ours!"):
        assert postmark(address, person.email, user).status_code == 400
    assert before.unchanged()
    assert not IncomingMail.objects.exists()
    assert postmark(address, person.email, "postmark:secret-of-ours").status_code == 200
    assert ticket.messages.latest("created_at").body == "It is plugged in."


@pytest.mark.usefixtures("unsigned", "local_store")
def test_json_may_be_as_large_as_a_mail(aurora: House, settings: Any) -> None:
    ticket, person = a_ticket(aurora), aurora.person("owner")
    content = PNG + bytes(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    file = {
        "Name": "scan.png",
        "ContentType": "image/png",
        "Content": base64.b64encode(content).decode(),
    }
    to = address_for(ticket, person)
    answer = postmark(to, person.email, "postmark:secret-of-ours", Attachments=[file])
    assert answer.status_code == 200
    assert ticket.messages.latest("created_at").attachments.get().size == len(content)


@pytest.mark.usefixtures("unsigned")
def test_a_message_of_ten_megabytes_is_cut(aurora: House) -> None:
    ticket, person = a_ticket(aurora), aurora.person("owner")
    text = "It is silent. " * 750_000
    to = address_for(ticket, person)
    assert postmark(to, person.email, "postmark:secret-of-ours", TextBody=text).status_code == 200
    body = ticket.messages.latest("created_at").body
    assert body.startswith("It is silent. It is silent.")
    assert body.endswith("\n\n*The mail was longer than a message may be: the rest was left out.*")


# --- Mails as they are


def raw(*lines: str, body: bytes = b"Yes.") -> IncomingMessage:
    source = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    return IncomingMessage(AnymailInboundMessage.parse_raw_mime_bytes(source))


def test_a_report_of_a_mail_server_is_a_machines() -> None:
    assert is_automatic(raw("From: a@b.test", "Content-Type: multipart/report; boundary=x"))
    assert not is_automatic(raw("From: a@b.test", "Content-Type: text/plain"))


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
        ("windows-1252", "„Grüße“".encode("cp1252"), "„Grüße“"),
        ("nonsense", "Grüße".encode(), "Grüße"),
        ("punycode", b"abc" * 1000, "abc" * 1000),
        ("undefined", b"Yes", "Yes"),
        ("utf-8", b"\xff\xfeYes", "\ufffd\ufffdYes"),
    ],
)
def test_any_charset_is_read(charset: str, body: bytes, text: str) -> None:
    mail = raw(f"Content-Type: text/plain; charset={charset}", body=body)
    assert mail.text == text


def test_a_mail_within_a_mail_isnt_read() -> None:
    body = b"\r\n".join(
        [
            b"--x", b"Content-Type: message/rfc822", b"Content-Disposition: attachment", b"",
            b"Subject: Inner", b"", b"Not mine.", b"--x--", b"",
        ]
    )  # fmt: skip
    mail = raw("Content-Type: multipart/mixed; boundary=x", body=body)
    assert mail.text == ""
    [file] = mail.files
    assert (file.content_type, file.filename) == ("message/rfc822", "")
    assert b"Not mine." in file.content


@pytest.mark.parametrize(
    "header",
    [
        "From: <<>>", "From: \x00", "From: =?utf-8?b?////?=", "From: \xff@\xfe", "From: @",
        "From: a b c <", "To: ,,,", "Message-ID: <\x01>", "Message-ID: " + "[" * 500,
        "Content-Type: text/plain; charset*=''x", "Content-Type: ;;;", "Content-Type: multipart/x",
        "Content-Disposition: attachment; filename*=utf-8''%ff%fe", "Content-Disposition: ;=",
        "Content-Disposition: attachment; filename==?utf-8?b?////?=",
        "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: nonsense",
        "Content-Transfer-Encoding: uuencode",
    ],
)  # fmt: skip
def test_no_header_makes_reading_fail(header: str) -> None:
    mail = raw(header)
    assert not mail.sender.strip("\ufffd@")
    assert isinstance(mail.mail_id, str)
    assert mail.recipients is not None
    assert isinstance(mail.text, str)
    assert isinstance(list(mail.files), list)
    assert not is_automatic(mail)


# --- Forgetting


def test_what_became_of_mails_is_kept_for_90_days() -> None:
    now = timezone.now()
    for name, days in (("<old@x>", 90.1), ("<young@x>", 89.9)):
        IncomingMail.objects.create(
            mail_id=name, refusal="automatic", received_at=now - timedelta(days=days)
        )
    purge_mails(timestamp=0)
    assert [each.mail_id for each in IncomingMail.objects.all()] == ["<young@x>"]


def test_the_message_of_a_forgotten_mail_stays(aurora: House) -> None:
    ticket = a_ticket(aurora)
    reply(aurora, ticket)
    IncomingMail.objects.update(received_at=timezone.now() - timedelta(days=91))
    purge_mails(timestamp=0)
    assert not IncomingMail.objects.exists()
    assert (Message.objects.count(), Attachment.objects.count()) == (2, 0)
