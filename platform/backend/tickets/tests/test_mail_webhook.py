"""The provider's webhook: what it signed is taken once, what it didn't is read by nobody."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
from django.db import OperationalError, connections
from django.test import RequestFactory
from django.test.client import BOUNDARY, encode_multipart
from django.utils import timezone

from backend.common.files import StoreFailed
from backend.common.models import IdempotencyKey
from backend.common.tests.stores import local_store
from backend.conftest import House
from backend.tickets.models import Attachment, IncomingMail, Message
from backend.tickets.reply_addresses import address_for
from backend.tickets.tasks.mail import purge_mails
from backend.tickets.tests import mailgun
from backend.tickets.tests.cast import a_ticket
from backend.tickets.tests.mail_cast import PNG, Before, incoming, picture, reply
from backend.tickets.webhooks import inbound
from backend.tickets.webhooks.requests import MailRequest
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


@pytest.mark.parametrize("headers", ['[["To", "line\\nbreak"]]', '[["To"]]', "{", "[1]"])
def test_a_mail_that_nobody_can_read_isnt_wanted_again(aurora: House, headers: str) -> None:
    ticket = a_ticket(aurora)
    address_for(ticket, aurora.person("owner"))
    before = Before()
    answer = reply(aurora, ticket, fields={"message-headers": headers}, raises=False)
    assert answer.status_code == 200
    assert before.unchanged()
    assert not IncomingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_mail_comes_over_the_wire(aurora: House, live_server: Any, local_store: Path) -> None:
    ticket, person = a_ticket(aurora), aurora.person("owner")
    headers = [["From", person.email], ["Message-Id", "<one@mail.example>"]]
    fields = {
        **mailgun.signed(),
        "recipient": address_for(ticket, person),
        "message-headers": json.dumps(headers),
        "body-plain": "Grüße",
        "attachment-count": "1",
        "attachment-1": ("till.png", PNG + bytes(3_000_000), "image/png"),
    }
    url, options = f"{live_server.url}{mailgun.ADDRESS}", {"timeout": 20, "retries": False}
    # The server's thread ends, and with it its connection to the database.
    once = {"Connection": "close"}
    assert urllib3.request("POST", url, fields=fields, headers=once, **options).status == 200
    message = ticket.messages.latest("created_at")
    assert (message.body, message.attachments.get().size) == ("Grüße", len(PNG) + 3_000_000)


def test_the_codec_isnt_the_callers_choice() -> None:
    form = f"multipart/form-data; boundary={BOUNDARY}; charset=latin-1"
    data = encode_multipart(BOUNDARY, {"text": "Grüße"})
    given = RequestFactory().generic("POST", "/", data, form)
    assert MailRequest(given).POST["text"] == "Grüße"


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
