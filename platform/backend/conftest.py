"""The cast of every test: two tenants with people and an app each, so that a leak would show."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client

from backend.accounts.models import Person
from backend.accounts.sessions import SessionStore, StaffSessionStore
from backend.client_apps.models import ClientApp, IssuedKey, Kind
from backend.common.abilities import APP_SCOPES
from backend.common.actor import Actor
from backend.tenants.models import Member, Role, Tenant

# Made by the models, or by a migration, and missed by every test after it.
KEPT = {"django_content_type", "auth_permission", "tickets_department", "tickets_servicelevel"}
# Tables that refuse to lose what another keeps go before it: RESTRICT does not wait for the end.
EMPTY = """
    DO $$
    DECLARE
        each regclass;
        filled regclass[] := ARRAY[]::regclass[];
        is_filled boolean;
    BEGIN
        FOR each IN
            SELECT t FROM unnest(ARRAY[{}]::regclass[]) AS t ORDER BY EXISTS (
                SELECT FROM pg_constraint WHERE conrelid = t AND confdeltype = 'r'
            ) DESC
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', each) INTO is_filled;
            IF is_filled THEN
                filled := filled || each;
                EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', each);
            END IF;
        END LOOP;
        SET CONSTRAINTS ALL DEFERRED;
        FOREACH each IN ARRAY filled LOOP
            EXECUTE format('DELETE FROM %s', each);
        END LOOP;
        SET CONSTRAINTS ALL IMMEDIATE;
        FOREACH each IN ARRAY filled LOOP
            EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', each);
        END LOOP;
    END $$
"""


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_quickly() -> Iterator[None]:
    """Tests that commit leave a few rows in a few tables, some of which refuse to lose any.

    Django's TRUNCATE makes files anew for every table and index, filled or not: half a second.
    Its content types and permissions, which it would then make anew from the models, stay.
    """

    def sql_flush(style: Any, tables: list[str], **options: Any) -> list[str]:
        names = [connection.ops.quote_name(each) for each in tables if each not in KEPT]
        return [EMPTY.format(", ".join(f"'{name}'" for name in names))]

    with (
        patch.object(connection.ops, "sql_flush", sql_flush),
        patch("django.core.management.commands.flush.emit_post_migrate_signal"),
    ):
        yield


def database_address() -> str:
    """Where a process of its own finds this test's database: as given, but for the name."""
    given = urlsplit(os.environ["DATABASE_URL"])
    return given._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


class Api:
    """A client app or the portal, speaking JSON to the API."""

    def __init__(self, app: ClientApp, key: str, **headers: str) -> None:
        self.app = app
        self.key = key
        self.headers = {"x-app-id": str(app.id), "authorization": f"Bearer {key}", **headers}
        self.client = Client(raise_request_exception=True)

    def __call__(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        """`path` is relative to /api/v1/; header names come with underscores."""
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        body = {}
        if data is not None:
            body = {"data": json.dumps(data), "content_type": "application/json"}
        return self.client.generic(method, f"/api/v1/{path}", headers=sent, **body)

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self("POST", path, {} if data is None else data, **headers)

    def patch(self, path: str, data: Any, **headers: str) -> Any:
        return self("PATCH", path, data, **headers)

    def put(self, path: str, data: Any, **headers: str) -> Any:
        return self("PUT", path, data, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self("DELETE", path, **headers)


@dataclass
class House:
    """One tenant of the cast."""

    tenant: Tenant
    members: dict[str, Member]
    app: Api

    def person(self, role: str) -> Person:
        person: Person = self.members[role].person
        return person


def make_house(slug: str, name: str, country: str, currency: str) -> House:
    tenant = Tenant.objects.create(slug=slug, name=name, country=country, currency=currency)
    tenant.provision(by=Actor.system())
    tenant.activate(by=Actor.system())
    members = {}
    for role in Role.values:
        person = Person.objects.create(email=f"{role}@{slug}.test", name=f"{role.title()} {name}")
        members[role] = Member.objects.create(tenant=tenant, person=person, role=role)
    app = ClientApp.objects.create(tenant=tenant, name="Till", scopes=sorted(APP_SCOPES))
    return House(tenant=tenant, members=members, app=Api(app, new_key(app)))


def new_key(app: ClientApp, *, expires_at: datetime | None = None) -> str:
    """A further key of the app, of which nothing is on record: the cast just has it."""
    issued = IssuedKey.of(app, expires_at=expires_at)
    issued.row.save()
    return issued.text


@pytest.fixture
def aurora(db: None) -> House:
    return make_house("aurora", "Trattoria Aurora", "IT", "EUR")


@pytest.fixture
def bluefin(db: None) -> House:
    return make_house("bluefin", "Blue Fin Sushi", "GB", "GBP")


@pytest.fixture
def portal(db: None) -> Api:
    """The portal with nobody signed in."""
    app = ClientApp.objects.create(kind=Kind.PORTAL, name="Portal")
    return Api(app, new_key(app), **{"x-forwarded-for": "203.0.113.7"})


@pytest.fixture
def visit(portal: Api) -> Callable[..., Api]:
    """`visit(person, tenant)`: the portal on behalf of a signed-in person."""

    def sign_in(person: Person, tenant: Tenant | None = None, **headers: str) -> Api:
        headers["x-session-token"] = session_token(person)
        if tenant:
            headers["x-tenant"] = tenant.slug
        return Api(portal.app, portal.key, **{"x-forwarded-for": "203.0.113.7"}, **headers)

    return sign_in


@pytest.fixture
def staff(db: None) -> Callable[..., Client]:
    """`staff()`: the admin as a superuser sees it; `staff("tenants.view_tenant")`: as those may."""

    def sign_in(*permissions: str) -> Client:
        person = Person.objects.create(
            email=f"staff{Person.objects.count()}@tavola.test",
            name="Staff",
            is_staff=True,
            is_superuser=not permissions,
        )
        for permission in permissions:
            app, codename = permission.split(".")
            person.user_permissions.add(
                Permission.objects.get(content_type__app_label=app, codename=codename)
            )
        return staff_browser(person)

    return sign_in


def session_token(person: Person, store: type[SessionStore] = SessionStore) -> str:
    """A session as a finished sign-in leaves it behind."""
    session = store()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    token: str = session.session_key
    return token


def staff_browser(person: Person) -> Client:
    """A browser with a member of staff signed in to the admin."""
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session_token(person, StaffSessionStore)
    return browser
