"""Mail providers: the configured one alone is heard, and only with a proof."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client

from backend.common.tests.stores import local_store
from backend.conftest import House
from backend.tickets.incoming.providers import KNOWN
from backend.tickets.models import IncomingMail
from backend.tickets.reply_addresses import address_for
from backend.tickets.tests import mailgun
from backend.tickets.tests.cast import a_ticket
from backend.tickets.tests.mail_cast import PNG, Before, incoming

__all__ = ["incoming", "local_store"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("incoming")]
PROOFS = {
    "mailersend": "MAILERSEND_INBOUND_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "mailjet": "WEBHOOK_SECRET",
    "mandrill": "MANDRILL_WEBHOOK_KEY",
    "postal": "POSTAL_WEBHOOK_KEY",
    "postmark": "WEBHOOK_SECRET",
    "sparkpost": "WEBHOOK_SECRET",
}


def test_only_the_configured_provider_is_heard(aurora: House, settings: Any) -> None:
    ticket = a_ticket(aurora)
    settings.ANYMAIL |= dict.fromkeys(PROOFS.values(), "user:secret")
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


@pytest.mark.parametrize("provider", sorted(KNOWN))
def test_each_provider_asks_for_its_proof(settings: Any, provider: str) -> None:
    settings.INBOUND_MAIL_PROVIDER = provider
    settings.ANYMAIL = {PROOFS[provider]: "user:secret"}
    assert [each.id for each in run_checks() if each.id.startswith("tavola.E")] == []
    assert Client().head(f"/gateways/mail/{provider}/").status_code == 200
    for body in ({}, {"mandrill_events": "[]"}):
        assert Client().post(f"/gateways/mail/{provider}/", body).status_code == 400
    assert not IncomingMail.objects.exists()


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
