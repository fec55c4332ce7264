"""Registering apps from the command line."""

from __future__ import annotations

import re
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from backend.client_apps.models import AppKey, ClientApp, Kind, key_digest
from backend.client_apps.models.app import MOST_APPS, MOST_KEYS
from backend.conftest import Api, House

PRINTED = re.compile(r"X-App-ID: (\S+)\nKey: +(\S+)\n")
KEY = "k" * 32


def printed(command: str, **options: object) -> tuple[UUID, str]:
    out = StringIO()
    call_command(command, stdout=out, **options)
    found = PRINTED.match(out.getvalue())
    assert found, out.getvalue()
    return UUID(found[1]), found[2]


def test_a_tenants_app_can_what_its_scopes_say(aurora: House) -> None:
    app_id, key = printed(
        "create_client_app", tenant="aurora", name="Website", scopes=["customers.read"]
    )

    website = Api(ClientApp.objects.get(pk=app_id), key)
    assert website.get("crm/customers/").status_code == 200
    assert website.post("crm/customers/", {"name": "Ada"}).json()["code"] == "forbidden"
    assert website.app.tenant == aurora.tenant


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"tenant": "nowhere", "name": "Website"}, "There is no tenant nowhere"),
        ({"tenant": "aurora", "name": "Till"}, "already has an app called Till"),
        ({"tenant": "aurora", "name": "Website", "scopes": ["all"]}, "Unknown scope: all"),
        (
            {"tenant": "aurora", "name": "Website", "scopes": ["client-apps.manage"]},
            "Unknown scope: client-apps.manage",
        ),
    ],
)
def test_what_can_not_be_is_said_and_nothing_made(
    aurora: House, options: dict[str, object], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("create_client_app", **options)

    assert ClientApp.objects.get() == aurora.app.app


def test_a_full_tenant_gets_no_further_app(aurora: House) -> None:
    for number in range(MOST_APPS - 1):
        ClientApp.objects.create(tenant=aurora.tenant, name=f"App {number}")

    with pytest.raises(CommandError, match="50 apps already"):
        call_command("create_client_app", tenant="aurora", name="Website")

    assert not ClientApp.objects.filter(name="Website").exists()


def test_the_portals_keys_have_a_limit_too(db: None) -> None:
    app_id, _ = printed("create_portal_app")
    for number in range(MOST_KEYS - 1):
        printed("create_portal_app", id=app_id, key=f"{number}{KEY}")

    with pytest.raises(CommandError, match="10 usable keys already"):
        call_command("create_portal_app", id=app_id, key=f"x{KEY}")

    assert AppKey.objects.count() == MOST_KEYS


def test_the_portal_is_registered_with_an_id_and_a_key_of_its_own(db: None) -> None:
    app_id, key = printed("create_portal_app")

    portal = ClientApp.objects.get(pk=app_id)
    assert (portal.kind, portal.tenant) == (Kind.PORTAL, None)
    assert portal.keys.get().digest == key_digest(key)


def test_registered_again_it_is_the_same(db: None) -> None:
    app_id = uuid4()
    for _ in range(2):
        assert printed("create_portal_app", id=app_id, key=KEY) == (app_id, KEY)

    assert ClientApp.objects.get().keys.get().digest == key_digest(KEY)


def test_a_new_key_stands_beside_the_old(db: None) -> None:
    app_id = uuid4()
    for key in (KEY, KEY[::-1] + "2"):
        printed("create_portal_app", id=app_id, key=key)

    assert ClientApp.objects.get().keys.usable().count() == 2


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"id": uuid4(), "key": KEY[1:]}, "at least 32 characters"),
        ({"key": KEY}, "--key goes with --id"),
    ],
)
def test_a_weak_or_stray_key_is_refused(db: None, options: dict[str, object], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("create_portal_app", **options)

    assert not ClientApp.objects.exists()


def test_a_tenants_app_does_not_become_the_portal(aurora: House) -> None:
    with pytest.raises(CommandError, match="not a usable portal app"):
        call_command("create_portal_app", id=aurora.app.app.pk, key=KEY)

    assert not AppKey.objects.filter(digest=key_digest(KEY)).exists()


def test_a_revoked_portal_does_not_come_back(db: None) -> None:
    app_id, _ = printed("create_portal_app")
    ClientApp.objects.update(revoked_at=timezone.now())

    with pytest.raises(CommandError, match="not a usable portal app"):
        call_command("create_portal_app", id=app_id, key=KEY)

    assert not AppKey.objects.filter(digest=key_digest(KEY)).exists()
