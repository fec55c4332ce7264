"""Staff register apps, change their keys and revoke them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from backend.accounts.models import Session
from backend.accounts.sessions import StaffSessionStore
from backend.client_apps.models import AppKey, ClientApp, Kind, key_digest
from backend.client_apps.models.app import MOST_APPS
from backend.common.actor import Actor
from backend.conftest import Api, House, new_key

Staff = Callable[..., Client]
APPS = "/admin/client_apps/clientapp/"
NEW = {"name": "Till 2", "scopes": ["tenant.read", "customers.read"], "lifetime": "90"}


def page_of(app: ClientApp, page: str) -> str:
    return f"{APPS}{app.pk}/{page}/"


def save(browser: Client, app: ClientApp, **changes: Any) -> Any:
    path = page_of(app, "change")
    keys = browser.get(path).context["inline_admin_formsets"][0].formset.management_form
    management = {keys.add_prefix(name): value for name, value in keys.initial.items()}
    return browser.post(path, {"name": app.name, "scopes": app.scopes} | management | changes)


def shown_key(response: Any) -> str:
    (key,) = re.findall(r"tvk_[\w-]{43}", response.content.decode())
    return key


def test_the_list_costs_the_same_however_long_it_is(
    staff: Staff, aurora: House, bluefin: House, portal: Api
) -> None:
    for number in range(5):
        new_key(ClientApp.objects.create(tenant=aurora.tenant, name=f"App {number}"))
    browser = staff()

    with CaptureQueriesContext(connection) as queries:
        browser.get(APPS)

    assert len(queries) == 4


def test_apps_are_listed_with_their_last_use(staff: Staff, aurora: House, bluefin: House) -> None:
    aurora.app.get("tenant/")
    new_key(bluefin.app.app)

    rows = staff().get(APPS).context["cl"].result_list

    used = AppKey.objects.get(app=aurora.app.app).last_used_at
    assert {(row.tenant.slug, row.usable_keys_count, row.last_used_at) for row in rows} == {
        ("aurora", 1, used),
        ("bluefin", 2, None),
    }
    assert used is not None


def test_a_new_app_works_with_the_key_that_is_shown(staff: Staff, bluefin: House) -> None:
    response = staff().post(f"{APPS}add/", NEW | {"tenant": bluefin.tenant.pk})

    app = ClientApp.objects.get(name="Till 2")
    assert (app.tenant, app.kind) == (bluefin.tenant, Kind.TENANT)
    assert app.scopes == ["customers.read", "tenant.read"]
    assert app.keys.get().expires_at - timezone.now() > timedelta(days=89, hours=23)
    assert app.keys.get().expires_at - timezone.now() < timedelta(days=90)
    assert Api(app, shown_key(response)).get("tenant/").json()["slug"] == "bluefin"


def test_the_key_is_shown_once_and_kept_nowhere(staff: Staff, bluefin: House) -> None:
    browser = staff()
    response = browser.post(f"{APPS}add/", NEW | {"tenant": bluefin.tenant.pk})
    key, app = shown_key(response), ClientApp.objects.get(name="Till 2")

    assert "no-store" in response["Cache-Control"]
    for path in (page_of(app, "change"), page_of(app, "history"), APPS, "/admin/"):
        assert key not in browser.get(path).content.decode()
    assert all(key not in str(cookie) for cookie in browser.cookies.values())
    kept = [
        *AppKey.objects.values_list(),
        *LogEntry.objects.values_list(),
        *(StaffSessionStore().decode(each.session_data).items() for each in Session.objects.all()),
    ]
    assert all(key not in str(each) for each in kept)


def test_a_key_may_have_no_end(staff: Staff, bluefin: House) -> None:
    staff().post(f"{APPS}add/", NEW | {"tenant": bluefin.tenant.pk, "lifetime": ""})

    assert AppKey.objects.get(app__name="Till 2").expires_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant": ""},
        {"scopes": ["customers.read", "everything"]},
        {"scopes": ["client-apps.manage"]},
        {"name": "Till"},
    ],
)
def test_a_wrong_app_is_not_registered(staff: Staff, bluefin: House, wrong: dict[str, Any]) -> None:
    response = staff().post(f"{APPS}add/", NEW | {"tenant": bluefin.tenant.pk} | wrong)

    assert response.context["adminform"].errors
    assert ClientApp.objects.get() == bluefin.app.app
    assert AppKey.objects.count() == 1


def test_a_full_tenant_gets_no_further_app(staff: Staff, bluefin: House) -> None:
    for number in range(MOST_APPS - 1):
        ClientApp.objects.create(tenant=bluefin.tenant, name=f"App {number}")

    response = staff().post(f"{APPS}add/", NEW | {"tenant": bluefin.tenant.pk})

    assert "50 apps already" in response.context["adminform"].errors["tenant"][0]
    assert not ClientApp.objects.filter(name="Till 2").exists()


def test_name_and_scopes_change_and_the_tenant_does_not(
    staff: Staff, aurora: House, bluefin: House
) -> None:
    app = bluefin.app.app

    save(staff(), app, name="Kitchen", scopes=["tenant.read"], tenant=aurora.tenant.pk)

    app.refresh_from_db()
    assert (app.name, app.scopes, app.tenant) == ("Kitchen", ["tenant.read"], bluefin.tenant)
    assert bluefin.app.get("crm/customers/").status_code == 403


def test_a_name_that_is_taken_is_refused(staff: Staff, bluefin: House) -> None:
    other = ClientApp.objects.create(tenant=bluefin.tenant, name="Kitchen")

    response = save(staff(), other, name="Till")

    assert response.context["adminform"].form.non_field_errors() == [
        "The tenant has an app of this name already."
    ]
    assert ClientApp.objects.get(pk=other.pk).name == "Kitchen"


@pytest.mark.parametrize("ended", [False, True])
def test_the_portal_and_what_is_revoked_are_not_edited(
    staff: Staff, aurora: House, portal: Api, ended: bool
) -> None:
    app = aurora.app.app if ended else portal.app
    if ended:
        app.revoke(by=Actor.system())
    before = ClientApp.objects.filter(pk=app.pk).values().get()

    response = save(staff(), app, name="Mine", tenant=aurora.tenant.pk, scopes=["tenant.read"])

    assert response.status_code == 403
    assert ClientApp.objects.filter(pk=app.pk).values().get() == before


def test_a_key_is_changed_with_overlap(staff: Staff, aurora: House) -> None:
    browser, app = staff(), aurora.app.app
    path = page_of(app, "rotate")

    assert browser.get(path).status_code == 200
    assert app.keys.count() == 1
    response = browser.post(path, {"overlap_hours": "2", "lifetime": "30"})

    assert Api(app, shown_key(response)).get("tenant/").status_code == 200
    assert aurora.app.get("tenant/").status_code == 200
    old = app.keys.get(digest=key_digest(aurora.app.key))
    assert timedelta(hours=1) < old.expires_at - timezone.now() <= timedelta(hours=2)
    assert "no-store" in response["Cache-Control"]


def test_without_overlap_the_old_key_stops(staff: Staff, aurora: House) -> None:
    staff().post(page_of(aurora.app.app, "rotate"), {"overlap_hours": "0", "lifetime": ""})

    # By the clock: the database's stands still within a test's transaction.
    assert not aurora.app.app.keys.get(digest=key_digest(aurora.app.key)).is_usable()


@pytest.mark.parametrize("hours", ["-1", "721", "", "soon"])
def test_an_absurd_overlap_changes_nothing(staff: Staff, aurora: House, hours: str) -> None:
    response = staff().post(
        page_of(aurora.app.app, "rotate"), {"overlap_hours": hours, "lifetime": ""}
    )

    assert "overlap_hours" in response.context["form"].errors
    assert aurora.app.app.keys.get().expires_at is None


def test_the_portals_key_is_changed_too(staff: Staff, portal: Api) -> None:
    response = staff().post(page_of(portal.app, "rotate"), {"overlap_hours": "1", "lifetime": ""})

    assert portal.app.keys.filter(digest=key_digest(shown_key(response))).exists()


def test_one_key_is_revoked_and_the_others_work_on(staff: Staff, aurora: House) -> None:
    browser, app = staff(), aurora.app.app
    other = Api(app, new_key(app))
    key = app.keys.get(digest=key_digest(aurora.app.key))
    path = page_of(app, "revoke_key")

    assert f"{key}, made {timezone.now():%-d %b %Y}" in browser.get(path).content.decode()
    assert aurora.app.get("tenant/").status_code == 200
    browser.post(path, {"key": key.pk})

    assert aurora.app.get("tenant/").status_code == 401
    assert other.get("tenant/").status_code == 200
    assert [each.pk for each in browser.get(path).context["form"].fields["key"].queryset] == [
        app.keys.usable().get().pk
    ]


def test_another_apps_key_is_not_revoked_from_here(
    staff: Staff, aurora: House, bluefin: House
) -> None:
    response = staff().post(
        page_of(aurora.app.app, "revoke_key"), {"key": bluefin.app.app.keys.get().pk}
    )

    assert "key" in response.context["form"].errors
    assert bluefin.app.get("tenant/").status_code == 200


def test_the_end_of_an_app_is_that_of_its_last_key(
    staff: Staff, aurora: House, bluefin: House
) -> None:
    soon = timezone.now() + timedelta(days=3)
    bluefin.app.app.keys.update(expires_at=soon)
    new_key(bluefin.app.app, expires_at=soon - timedelta(days=1))

    page = staff().get(APPS).context["cl"]

    ends = {row.tenant.slug: page.model_admin.works_until(row) for row in page.result_list}
    assert ends == {
        "aurora": "without an end",
        "bluefin": date_format(localtime(soon), "DATETIME_FORMAT"),
    }


def test_an_app_is_revoked(staff: Staff, aurora: House, bluefin: House) -> None:
    browser, app = staff(), aurora.app.app

    assert browser.get(page_of(app, "revoke")).status_code == 200
    assert aurora.app.get("tenant/").status_code == 200
    browser.post(page_of(app, "revoke"))

    assert aurora.app.get("tenant/").status_code == 401
    assert bluefin.app.get("tenant/").status_code == 200
    assert browser.get(page_of(app, "change")).context["actions_detail"] == []
    response = browser.post(page_of(app, "rotate"), {"overlap_hours": "1", "lifetime": ""})
    assert response.status_code == 404
    assert app.keys.count() == 1


def test_the_portal_is_not_revoked_here(staff: Staff, portal: Api) -> None:
    assert staff().post(page_of(portal.app, "revoke")).status_code == 404

    portal.app.refresh_from_db()
    assert portal.app.revoked_at is None


@pytest.mark.parametrize(
    ("permission", "page", "allowed"),
    [
        ("view", "rotate", False),
        ("view", "revoke", False),
        ("change", "rotate", False),
        ("change", "revoke", False),
        ("rotate", "revoke", False),
        ("revoke", "rotate", False),
        ("revoke", "revoke_key", False),
        ("rotate", "rotate", True),
        ("rotate", "revoke_key", True),
        ("revoke", "revoke", True),
    ],
)
def test_each_action_has_its_own_permission(
    staff: Staff, aurora: House, permission: str, page: str, allowed: bool
) -> None:
    app = aurora.app.app
    before = list(app.keys.values())
    browser = staff("client_apps.view_clientapp", f"client_apps.{permission}_clientapp")

    offered = browser.get(page_of(app, "change")).context["actions_detail"]
    values = {"overlap_hours": "1", "lifetime": "", "key": app.keys.get().pk}
    response = browser.post(page_of(app, page), values)

    assert (page_of(app, page) in [each["path"] for each in offered]) == allowed
    assert (list(app.keys.values()) == before) != allowed
    assert (response.status_code == 403) != allowed


def test_nothing_is_deleted(staff: Staff, aurora: House) -> None:
    app = aurora.app.app

    assert staff().post(page_of(app, "delete"), {"post": "yes"}).status_code == 403
    assert ClientApp.objects.filter(pk=app.pk).exists()
