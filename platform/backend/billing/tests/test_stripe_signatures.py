"""Only what Stripe signed just now is heard."""

from __future__ import annotations

import time
from typing import Any

import pytest
import stripe
from django.test import Client

from backend.billing.models import GatewayEvent, Payment
from backend.billing.tests.fake_stripe import signed
from backend.billing.tests.stripe_said import (
    ADDRESS,
    SECRET,
    begun,
    invoice,
    paid,
    send,
    session,
    set_up,
    tell,
)
from backend.billing.tests.world import books
from backend.conftest import House

__all__ = ["begun", "invoice", "set_up"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


def test_signatures_are_the_sdks(begun: Payment) -> None:
    """Both ways that the SDK offers to make one agree."""
    now = int(time.time())
    body, signature = signed(session(begun), SECRET, now)
    assert stripe.Webhook.construct_event(body, signature, SECRET)["type"].endswith("completed")


def test_while_the_secret_is_rolled_either_signature_will_do(begun: Payment) -> None:
    now = int(time.time())
    told = session(begun)
    body, ours = signed(told, SECRET, now)
    _, another = signed(told, "whsec_before", now)
    both = f"{another},{ours.partition(',')[2]}"
    assert send(body, both).status_code == 200
    assert paid() == [-12000]


@pytest.mark.parametrize("age", [301, 3600, 10**6])
def test_an_old_signature_is_not_replayed(aurora: House, begun: Payment, age: int) -> None:
    before = books(aurora)
    response = send(*signed(session(begun), SECRET, int(time.time()) - age))
    assert (response.status_code, response.json()["code"]) == (400, "signature-invalid")
    assert books(aurora) == before
    assert GatewayEvent.objects.count() == 0


def forged(begun: Payment) -> list[tuple[bytes, str]]:
    now = int(time.time())
    body, signature = signed(session(begun), SECRET, now)
    return [
        (body, ""),
        (body, "t=1,v1=abc"),
        (body, "nonsense"),
        (body, signature.replace(f"t={now}", f"t={now + 1}")),
        (body.replace(b"12000", b"12001"), signature),
        (body, signed(session(begun), SECRET, now)[1]),
        signed(session(begun), "whsec_other", now),
        signed(session(begun), "", now),
        (b"", signature),
        (b"\xff\xfe", signature),
    ]


def test_what_isnt_signed_by_stripe_is_refused(aurora: House, begun: Payment) -> None:
    before = books(aurora)
    for body, signature in forged(begun):
        response = send(body, signature)
        assert response.status_code == 400, (body, signature)
        assert response["Content-Type"] == "application/problem+json"
    assert books(aurora) == before
    assert GatewayEvent.objects.count() == 0


def test_nothing_is_heard_without_a_secret(begun: Payment, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert send(*signed(session(begun), "", int(time.time()))).status_code == 404
    assert GatewayEvent.objects.count() == 0


def test_only_post(begun: Payment) -> None:
    assert Client().get(ADDRESS).status_code == 405


def test_a_body_is_not_kept(begun: Payment) -> None:
    tell(session(begun, customer_details={"email": "giulia@example.com"}))
    assert "giulia" not in str(list(GatewayEvent.objects.values()))
    assert "giulia" not in str(list(Payment.objects.values()))
