"""The mails about a tenant's state: there in every language, and whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.accounts.models import Person
from backend.accounts.tests.conftest import Mailbox
from backend.conftest import House
from backend.tenants import mail
from backend.tenants.mail import mail_owners
from backend.tenants.models import Tenant

TEMPLATES = Path(mail.__file__).parent / "templates" / "tenants" / "mail"


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", ["opened", "set_up_failed"])
def test_it_is_whole(
    luna: Tenant, paula: Person, aurora: House, mailbox: Mailbox, name: str, language: str
) -> None:
    Person.objects.filter(pk=paula.pk).update(language=language)
    Tenant.objects.filter(pk=luna.pk).update(name="O’Luna & Söhne")
    luna.refresh_from_db()

    mail_owners(name, luna)

    (message,) = mailbox.read()
    assert message.to == ["paula@luna.test"]
    assert "O’Luna & Söhne" in message.subject
    assert "\n" not in message.subject
    assert "Paula Berg" in message.body
    assert "/t/luna/" in message.body
    assert "{{" not in message.body
    assert not message.body.startswith("\n")


def test_the_languages_have_the_same_mails() -> None:
    names = {
        language: sorted(path.name for path in (TEMPLATES / language).glob("*.txt"))
        for language in ("en", "de")
    }
    assert names["en"] == names["de"]


def test_it_is_the_owners_business_alone(aurora: House, mailbox: Mailbox) -> None:
    mail_owners("opened", aurora.tenant)
    assert [message.to for message in mailbox.read()] == [["owner@aurora.test"]]
