"""Who is calling: apps by id and key, and people behind the portal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
import time_machine
from django.utils import timezone

from backend.accounts.models import Session
from backend.client_apps.models import AppKey, ClientApp
from backend.common.actor import Actor
from backend.conftest import Api, House, new_key
from backend.tenants.models import State


def refused(response: Any) -> bool:
    """401 that says nothing of why."""
    body = response.json()
    body.pop("request_id")
    assert body == {
        "type": "about:blank",
        "title": "The app's credentials are missing or not valid",
        "status": 401,
        "code": "app-credentials-invalid",
        "detail": "The app's credentials are missing or not valid",
    }
    assert response["WWW-Authenticate"] == "Bearer"
    return True


def an_hour_ago() -> datetime:
    """In the past for the database too, whose clock stands still inside a test's transaction."""
    return timezone.now() - timedelta(hours=1)


class TestApps:
    def test_an_app_reaches_its_own_tenant(self, aurora: House, bluefin: House) -> None:
        assert aurora.app.get("tenant/").json()["slug"] == "aurora"
        assert bluefin.app.get("tenant/").json()["slug"] == "bluefin"

    @pytest.mark.parametrize(
        "headers",
        [
            {"authorization": ""},
            {"authorization": "Bearer tvk_wrongwrongwrongwrong"},
            {"authorization": "Basic dXNlcjpwYXNz"},
            {"authorization": "Bearer x\x00y" * 9},
            {"x_app_id": ""},
            {"x_app_id": "not-a-uuid"},
            {"x_app_id": str(uuid4())},
        ],
    )
    def test_wrong_credentials_say_nothing_more(
        self, aurora: House, headers: dict[str, str]
    ) -> None:
        assert refused(aurora.app.get("tenant/", **headers))

    def test_another_apps_key_is_no_key(self, aurora: House, bluefin: House) -> None:
        assert refused(aurora.app.get("tenant/", authorization=f"Bearer {bluefin.app.key}"))

    def test_an_expired_key_is_refused(self, aurora: House) -> None:
        aurora.app.app.keys.update(expires_at=an_hour_ago())
        assert refused(aurora.app.get("tenant/"))

    def test_a_revoked_app_is_refused(self, aurora: House) -> None:
        aurora.app.app.revoke(by=Actor.system())
        assert refused(aurora.app.get("tenant/"))

    def test_a_revoked_key_is_refused_and_the_other_is_not(self, aurora: House) -> None:
        other = new_key(aurora.app.app)
        aurora.app.app.revoke_key(aurora.app.app.keys.first().pk, by=Actor.system())
        assert refused(aurora.app.get("tenant/", authorization=f"Bearer {other}"))
        assert aurora.app.get("tenant/").status_code == 200

    def test_the_key_is_not_in_the_database(self, aurora: House) -> None:
        key = AppKey.objects.get(app=aurora.app.app)
        stored = " ".join(str(value) for value in vars(key).values())
        assert aurora.app.key not in stored
        assert key.shown == aurora.app.key[:10]

    def test_an_app_does_what_its_scopes_allow(self, aurora: House) -> None:
        aurora.app.app.scopes = ["customers.read"]
        aurora.app.app.save()
        assert aurora.app.get("tenant/").json()["code"] == "forbidden"

    def test_what_is_too_much_for_an_app_is_not_given_by_its_row(self, aurora: House) -> None:
        """As after a scope turned out to be too much: its word still stands in old rows."""
        scopes = ["client-apps.manage", "client-apps.read", "tenant.read"]
        ClientApp.objects.filter(pk=aurora.app.app.pk).update(scopes=scopes)
        assert aurora.app.get("client-apps/").json()["can"] == []
        response = aurora.app.delete(f"client-apps/{aurora.app.app.pk}/")
        assert (response.status_code, response.json()["ability"]) == (403, "client-apps.manage")
        assert aurora.app.get("tenant/").status_code == 200

    def test_rotation_overlaps(self, aurora: House) -> None:
        app = aurora.app
        new = app.app.rotate_key(by=Actor.system(), overlap=timedelta(hours=1)).text
        assert app.get("tenant/").status_code == 200
        assert app.get("tenant/", authorization=f"Bearer {new}").status_code == 200
        AppKey.objects.filter(expires_at__isnull=False).update(expires_at=an_hour_ago())
        assert refused(app.get("tenant/"))
        assert app.get("tenant/", authorization=f"Bearer {new}").status_code == 200

    def test_rotation_does_not_lengthen_a_key_that_ends_sooner(self, aurora: House) -> None:
        soon = timezone.now() + timedelta(minutes=5)
        aurora.app.app.keys.update(expires_at=soon)
        aurora.app.app.rotate_key(by=Actor.system(), overlap=timedelta(hours=1))
        assert AppKey.objects.order_by("created_at").first().expires_at == soon

    def test_last_use_is_noted_every_few_minutes(self, aurora: House) -> None:
        with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as now:
            aurora.app.get("tenant/")
            first = AppKey.objects.get().last_used_at
            now.shift(60)
            aurora.app.get("tenant/")
            assert AppKey.objects.get().last_used_at == first
            now.shift(300)
            aurora.app.get("tenant/")
            assert AppKey.objects.get().last_used_at == first + timedelta(seconds=360)

    @pytest.mark.parametrize("header", ["x_session_token", "x_tenant", "x_want_viewer"])
    def test_the_portals_headers_are_the_portals_alone(self, aurora: House, header: str) -> None:
        response = aurora.app.get("tenant/", **{header: "bluefin"})
        assert (response.status_code, response.json()["code"]) == (403, "portal-only-header")


class TestPeople:
    def test_a_member_reaches_the_chosen_tenant(
        self, aurora: House, bluefin: House, visit: Callable[..., Api]
    ) -> None:
        api = visit(aurora.person("waiter"), aurora.tenant)
        assert api.get("tenant/").json()["name"] == "Trattoria Aurora"

    @pytest.mark.parametrize("slug", ["bluefin", "nobody", "", "a\x00b", "x" * 5000])
    def test_another_tenant_is_not_found(
        self, aurora: House, bluefin: House, visit: Callable[..., Api], slug: str
    ) -> None:
        response = visit(aurora.person("owner")).get("tenant/", x_tenant=slug)
        assert (response.status_code, response.json()["code"]) == (404, "tenant-not-found")

    def test_nobody_is_not_signed_in(self, aurora: House, portal: Api) -> None:
        response = portal.get("tenant/", x_tenant="aurora")
        assert (response.status_code, response.json()["code"]) == (401, "not-signed-in")

    def test_what_is_stored_of_a_session_opens_nothing(
        self, aurora: House, visit: Callable[..., Api]
    ) -> None:
        api = visit(aurora.person("owner"), aurora.tenant)
        session = Session.objects.get()
        for stored in (session.digest, str(session.id), session.session_data, session.auth_hash):
            assert api.get("tenant/", x_session_token=stored).status_code == 401

    def test_revoking_a_member_ends_access_at_once(
        self, aurora: House, visit: Callable[..., Api]
    ) -> None:
        api = visit(aurora.person("waiter"), aurora.tenant)
        aurora.members["waiter"].revoke(by=Actor.system())
        assert api.get("tenant/").json()["code"] == "tenant-not-found"

    def test_an_inactive_person_is_nobody(self, aurora: House, visit: Callable[..., Api]) -> None:
        person = aurora.person("waiter")
        api = visit(person, aurora.tenant)
        person.is_active = False
        person.save()
        assert api.get("tenant/").json()["code"] == "not-signed-in"

    def test_a_new_password_ends_the_session(
        self, aurora: House, visit: Callable[..., Api]
    ) -> None:
        person = aurora.person("waiter")
        api = visit(person, aurora.tenant)
        person.set_password("another-one-42")
        person.save()
        assert api.get("tenant/").json()["code"] == "not-signed-in"

    def test_a_session_that_opens_nothing_any_more_does_not_slide(
        self, aurora: House, visit: Callable[..., Api]
    ) -> None:
        person = aurora.person("waiter")
        api = visit(person, aurora.tenant)
        Session.objects.update(last_seen_at=an_hour_ago())
        before = Session.objects.values_list("expire_date", "last_seen_at").get()
        person.set_password("another-one-42")
        person.save()
        assert api.get("tenant/").status_code == 401
        assert Session.objects.values_list("expire_date", "last_seen_at").get() == before

    def test_an_expired_session_is_nobody(self, aurora: House, visit: Callable[..., Api]) -> None:
        api = visit(aurora.person("waiter"), aurora.tenant)
        Session.objects.update(expire_date=an_hour_ago())
        assert api.get("tenant/").json()["code"] == "not-signed-in"

    def test_the_viewer_comes_along_when_asked(
        self, aurora: House, bluefin: House, visit: Callable[..., Api]
    ) -> None:
        api = visit(aurora.person("waiter"), aurora.tenant)
        assert "X-Viewer" not in api.get("tenant/")
        viewer = orjson.loads(api.get("tenant/", x_want_viewer="1")["X-Viewer"])
        assert viewer["person"]["email"] == "waiter@aurora.test"
        assert viewer["tenant"] == {
            "slug": "aurora",
            "name": "Trattoria Aurora",
            "country": "IT",
            "currency": "EUR",
            "time_zone": "UTC",
            "language": "en",
            "state": State.ACTIVE,
        }
        assert viewer["role"] == "waiter"
        assert "customers.erase" not in viewer["abilities"]
        assert viewer["tenants"] == [{"slug": "aurora", "name": "Trattoria Aurora"}]

    def test_a_name_beyond_ascii_fits_into_the_header(
        self, aurora: House, visit: Callable[..., Api]
    ) -> None:
        person = aurora.person("owner")
        person.name = 'Zoë "Ünal" 😀 \u200b\x7f'
        person.save()
        header = visit(person, aurora.tenant).get("tenant/", x_want_viewer="1")["X-Viewer"]
        assert header.isascii()
        assert orjson.loads(header)["person"]["name"] == person.name
