"""What is done to apps and keys goes on record, whichever way it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from backend.audit.models import AuditEvent
from backend.client_apps.errors import AppNameTaken, AppRevoked
from backend.client_apps.models import ClientApp
from backend.common.actor import Actor
from backend.conftest import Api, House, new_key

SYSTEM = Actor.system()


def trail(**filters: Any) -> list[AuditEvent]:
    """The events about apps, the oldest first."""
    found = AuditEvent.objects.filter(action__startswith="client-app.", **filters)
    return list(found.order_by("created_at", "id"))


def told(event: AuditEvent) -> tuple[str, dict[str, Any]]:
    return event.action, event.data


def test_a_person_stands_with_name_address_and_what_was_done(owner: Api, aurora: House) -> None:
    new = {"name": "Website", "scopes": ["tenant.read"], "expires_in_days": 30}
    app = owner.post("client-apps/", new).json()
    path = f"client-apps/{app['id']}/"
    owner.patch(path, {"name": "Web", "scopes": ["customers.read"]})
    rotated = owner.post(f"{path}keys/", {"overlap_hours": 2}).json()
    owner.delete(f"{path}keys/{app['keys'][0]['id']}/")
    owner.delete(path)

    events = trail()
    first, second = app["key"][:10], rotated["key"][:10]
    ends = events[0].data["expires_at"]
    until = events[2].data["old_keys_until"]
    assert [told(event) for event in events] == [
        (
            "client-app.created",
            {"scopes": ["tenant.read"], "key": first, "expires_at": ends},
        ),
        (
            "client-app.updated",
            {
                "name": {"from": "Website", "to": "Web"},
                "scopes": {"from": ["tenant.read"], "to": ["customers.read"]},
            },
        ),
        ("client-app.key-issued", {"key": second, "expires_at": None, "old_keys_until": until}),
        ("client-app.key-revoked", {"key": first}),
        ("client-app.revoked", {"scopes": ["customers.read"], "keys": [second]}),
    ]
    assert ends[:19] == app["expires_at"][:19]
    assert until[:19] == rotated["old_keys_until"][:19]
    person = aurora.person("owner")
    for event in events:
        assert (event.tenant_id, str(event.about_id)) == (aurora.tenant.id, app["id"])
        assert (event.by_kind, event.by_id, event.by_name) == ("person", person.pk, person.name)
        assert event.address == "203.0.113.7"
        assert event.about_kind == "client-app"
    assert [event.about_name for event in events] == ["Website", "Web", "Web", "Web", "Web"]


def test_what_changes_nothing_is_not_told(owner: Api, aurora: House) -> None:
    app = aurora.app.app
    path = f"client-apps/{app.pk}/"
    owner.patch(path, {"name": app.name, "scopes": app.scopes})
    owner.delete(path)
    owner.delete(path)
    owner.delete(f"{path}keys/{app.keys.get().pk}/")

    assert [event.action for event in trail()] == ["client-app.revoked"]


@pytest.mark.parametrize(
    "refused",
    [
        lambda app: app.change(by=SYSTEM, name="Kitchen"),
        lambda app: ClientApp(tenant=app.tenant, name="Till").register(by=SYSTEM),
    ],
)
def test_what_is_refused_is_not_told(aurora: House, refused: Callable[[ClientApp], Any]) -> None:
    ClientApp.objects.create(tenant=aurora.tenant, name="Kitchen")

    with pytest.raises(AppNameTaken):
        refused(aurora.app.app)

    assert trail() == []
    assert ClientApp.objects.filter(tenant=aurora.tenant).count() == 2


def test_without_its_record_nothing_is_done(aurora: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one transaction: an app that nobody is on record for can't be."""

    def fail(*_: Any, **__: Any) -> None:
        raise AppRevoked

    monkeypatch.setattr("backend.client_apps.models.app.record", fail)
    app = aurora.app.app
    key = app.keys.get()
    for verb in (
        lambda: ClientApp(tenant=aurora.tenant, name="Website").register(by=SYSTEM),
        lambda: app.change(by=SYSTEM, name="Web"),
        lambda: app.issue_key(by=SYSTEM),
        lambda: app.rotate_key(by=SYSTEM, overlap=timedelta(0)),
        lambda: app.revoke_key(key.pk, by=SYSTEM),
        lambda: app.revoke(by=SYSTEM),
    ):
        with pytest.raises(AppRevoked):
            verb()

    assert ClientApp.objects.values_list("name", "revoked_at").get() == ("Till", None)
    assert app.keys.values_list("expires_at", "revoked_at").get() == (None, None)


def test_staff_stand_with_their_names(staff: Callable[..., Client], aurora: House) -> None:
    browser, app = staff(), aurora.app.app
    page = f"/admin/client_apps/clientapp/{app.pk}"
    other = app.keys.get(shown=new_key(app)[:10])
    browser.post(
        "/admin/client_apps/clientapp/add/",
        {"tenant": aurora.tenant.pk, "name": "New", "scopes": ["tenant.read"], "lifetime": "30"},
    )
    inline = browser.get(f"{page}/change/").context["inline_admin_formsets"][0].formset
    management = {
        inline.management_form.add_prefix(name): value
        for name, value in inline.management_form.initial.items()
    }
    browser.post(f"{page}/change/", {"name": "Bar", "scopes": app.scopes, **management})
    browser.post(f"{page}/rotate/", {"overlap_hours": "1", "lifetime": ""})
    browser.post(f"{page}/revoke_key/", {"key": other.pk})
    browser.post(f"{page}/revoke/")

    events = trail()
    assert [event.action.removeprefix("client-app.") for event in events] == [
        "created", "updated", "key-issued", "key-revoked", "revoked",
    ]  # fmt: skip
    assert {(event.by_kind, event.by_name, event.address) for event in events} == {
        ("staff", "Staff", "127.0.0.1")
    }
    assert {event.tenant_id for event in events} == {aurora.tenant.id}
    assert events[1].data == {"name": {"from": "Till", "to": "Bar"}}
    assert events[3].data == {"key": other.shown}


def test_a_command_is_the_platforms_doing(aurora: House) -> None:
    call_command("create_client_app", tenant="aurora", name="Web", scopes=["tenant.read"])
    call_command("create_portal_app")

    ours, portals = trail()
    assert (ours.action, ours.by_kind, ours.tenant_id) == (
        "client-app.created", "system", aurora.tenant.id,
    )  # fmt: skip
    assert (portals.action, portals.by_kind, portals.tenant_id) == (
        "client-app.created", "system", None,
    )  # fmt: skip
    assert portals.about_name == "Portal"


def test_the_end_of_the_portals_old_key_is_told_to_staff_alone(
    staff: Callable[..., Client], aurora: House, portal: Api
) -> None:
    old = portal.app.keys.get()
    new = new_key(portal.app, expires_at=timezone.now() + timedelta(days=1))

    staff().post(f"/admin/client_apps/clientapp/{portal.app.pk}/revoke_key/", {"key": old.pk})

    (event,) = trail()
    assert told(event) == ("client-app.key-revoked", {"key": old.shown})
    assert event.tenant_id is None
    assert [key.shown for key in portal.app.keys.usable()] == [new[:10]]
