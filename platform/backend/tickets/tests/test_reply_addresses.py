"""One address for each ticket and person, which nobody reads in the database."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from backend.conftest import House
from backend.tickets.models import ReplyAddress
from backend.tickets.reply_addresses import address_for
from backend.tickets.tests.cast import a_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _configured(settings: Any) -> None:
    settings.INBOUND_MAIL_DOMAIN = "reply.tavola.example"


def test_an_address_is_the_same_for_all_mails_to_a_person_about_a_ticket(
    aurora: House, bluefin: House
) -> None:
    ticket, other = a_ticket(aurora), a_ticket(aurora)
    owner, manager = aurora.person("owner"), aurora.person("manager")
    given = address_for(ticket, owner)
    assert address_for(ticket, owner) == given
    assert len({given, address_for(ticket, manager), address_for(other, owner)}) == 3
    local, _, domain = given.partition("@")
    assert domain == "reply.tavola.example"
    assert len(local) <= 64
    assert given == given.lower()


def test_only_an_addresss_digest_is_kept(aurora: House) -> None:
    ticket, owner = a_ticket(aurora), aurora.person("owner")
    token = address_for(ticket, owner).partition("@")[0].removeprefix("reply+")
    row = ReplyAddress.objects.get(ticket=ticket, person=owner)
    assert row.digest == hashlib.sha256(token.encode()).hexdigest()
    assert row.tenant_id == aurora.tenant.pk


def test_another_secret_makes_another_address_in_place_of_the_first(
    aurora: House, settings: Any
) -> None:
    ticket, owner = a_ticket(aurora), aurora.person("owner")
    given = address_for(ticket, owner)
    settings.SECRET_KEY = "another-" + "0" * 50
    assert address_for(ticket, owner) != given
    assert ReplyAddress.objects.count() == 1
