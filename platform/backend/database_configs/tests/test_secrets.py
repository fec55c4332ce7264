"""The secret is nowhere: everything that is kept, said or written down is searched for it."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from backend.common.models import IdempotencyKey
from backend.common.tenancy import owner_scope
from backend.conftest import Api, House
from backend.database_configs.models import DatabaseConfig
from backend.database_configs.tests import servers
from backend.database_configs.tests.authorities import Authority
from backend.database_configs.tests.conftest import PATH, VALUES, make, nothing
from backend.database_configs.tests.servers import PASSWORD, RealServer, Visit, door
from backend.database_configs.workflows.validate_config import validate_config

At = Callable[[Visit], int]
SPELLINGS = (PASSWORD, quote(PASSWORD), b64encode(PASSWORD.encode()).decode(), PASSWORD[::-1])
# A validation that ends in each of these ways.
WAYS: dict[str, dict[str, Any]] = {
    "right": {},
    "wrong-password": {"secret": f"{PASSWORD}-wrong"},
    "wrong-database": {"database": "elsewhere"},
    "wrong-user": {"user": "nobody"},
    "no-tls": {"tls_mode": "require"},
    "another-certificate": {"visit": "tls", "tls_mode": "verify-full"},
    "too-old": {"visit": servers.of_version("12.1")},
    "asks-in-clear": {"visit": servers.curious()},
    "repeats-it": {"visit": "curious", "tls_mode": "verify-full"},
    "web-server": {"visit": servers.web_server},
    "breaks-off": {"visit": servers.ending},
    "refuses": {"visit": servers.refusing("XX000")},
    "closed-port": {"port": 1},
    "unknown-name": {"host": "nobody.invalid"},
    "inner-address": {"host": "10.0.0.9"},
    "lost-secret": {},
}


def no_secret(text: str, where: str) -> None:
    for spelling in SPELLINGS:
        assert spelling not in text, f"{where}: {text[:2000]}"


def tables() -> Iterator[tuple[str, str]]:
    """Every table of the database, as text: jobs, replies, events, sessions, logs, all."""
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            yield table, cursor.fetchone()[0]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that anybody logs, down to each statement."""
    caplog.set_level(logging.DEBUG)
    for name in ("django.db.backends", "psycopg", "psycopg.pool", "procrastinate", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.fixture
def configured(
    aurora: House, server: RealServer, authority: Authority, at_port: At
) -> Callable[[str], DatabaseConfig]:
    def make_one(way: str) -> DatabaseConfig:
        values = dict(WAYS[way])
        visit = values.pop("visit", None) or door(server)
        if visit == "tls":
            visit = door(server, authority.context("another.example"))
        elif visit == "curious":
            visit = servers.curious(authority.context("127.0.0.1"))
            values["ca_certificate"] = authority.pem
        given = {"host": "127.0.0.1", "port": at_port(visit), "tls_mode": "disable"}
        return make(aurora, f"Database {way}", **given | values)

    return make_one


@pytest.mark.parametrize("way", WAYS)
def test_a_validation_leaves_none_however_it_ends(
    way: str, configured: Any, owner: Api, staff: Callable[..., Client], logged: Any, capfd: Any
) -> None:
    connection.force_debug_cursor = True
    config = configured(way)
    path = f"{PATH}{config.pk}/"
    replies = [owner.post(f"{path}validation/", idempotency_key="once")]
    validation_id = UUID(replies[0].json()["last_validation"]["id"])
    keys = ["A" * 43 + "="] if way == "lost-secret" else settings.FIELD_ENCRYPTION_KEYS

    with owner_scope(), override_settings(FIELD_ENCRYPTION_KEYS=keys):
        validate_config(validation_id, check=nothing)

    connection.force_debug_cursor = False
    replies += [owner.get(PATH), owner.get(path), owner.get(f"{path}validations/")]
    assert replies[2].json()["status"] == ("valid" if way == "right" else "invalid")
    for reply in replies:
        no_secret(reply.content.decode() + str(reply.headers), "a reply")
    admin = f"/admin/database_configs/databaseconfig/{config.pk}/"
    browser = staff()
    for address in ("change/", "history/", "validate/"):
        page = browser.get(f"{admin}{address}")
        no_secret(page.content.decode(), f"the admin's {address}")
    for table, rows in tables():
        no_secret(rows, f"table {table}")
    no_secret(logged.text, "the log")
    no_secret("".join(str(vars(record)) for record in logged.records), "the log's records")
    no_secret("".join(capfd.readouterr()), "the terminal")


def test_neither_do_writes_done_or_refused(
    aurora: House, owner: Api, logged: Any, capfd: Any
) -> None:
    connection.force_debug_cursor = True
    config = make(aurora)
    path = f"{PATH}{config.pk}/"
    given = VALUES | {"name": "Another"}
    replies = [
        owner.post(PATH, given, idempotency_key="a"),
        owner.post(PATH, given, idempotency_key="a"),
        owner.post(PATH, given | {"port": 1}, idempotency_key="a"),
        owner.post(PATH, given | {"host": "/tmp"}),
        owner.post(PATH, given | {"secret": [PASSWORD]}),
        owner.post(PATH, given | {"secret": PASSWORD * 100}),
        owner.post(PATH, given | {PASSWORD[:3]: "x"}),
        owner.patch(path, {"secret": PASSWORD}, if_match='"1"', idempotency_key="b"),
        owner.patch(path, {"secret": PASSWORD}, if_match='"1"'),
        owner.delete(path, if_match="*"),
    ]
    connection.force_debug_cursor = False
    assert [reply.status_code for reply in replies] == [
        201, 201, 409, 400, 400, 400, 400, 200, 412, 204,
    ]  # fmt: skip
    for reply in replies:
        no_secret(reply.content.decode() + str(reply.headers), "a reply")
    for table, rows in tables():
        no_secret(rows, f"table {table}")
    no_secret(logged.text, "the log")
    no_secret("".join(capfd.readouterr()), "the terminal")


def test_it_can_not_be_guessed_from_the_digest_of_a_stored_reply(aurora: House, owner: Api) -> None:
    """Whoever has the database, and not our keys, knows everything of the request but this."""
    owner.post(PATH, VALUES, idempotency_key="a")
    (row,) = IdempotencyKey.objects.all()

    body = json.dumps(VALUES).encode()
    parts = (b"POST", f"/api/v1/{PATH}".encode(), hashlib.sha256(body).hexdigest().encode())
    for separator in (b"", b"\0", b"\n"):
        assert row.request_digest != hashlib.sha256(separator.join(parts)).hexdigest()


# Sentry stays in a process for good, so it gets one of its own.
FAULT = """
import json, sys, types
import sentry_sdk, sentry_sdk.transport

class Wire(sentry_sdk.transport.Transport):
    def capture_envelope(self, envelope):
        events.extend(item.payload.json for item in envelope.items)

events = []
init = sentry_sdk.init
sentry_sdk.init = lambda **options: init(transport=Wire, **options)

import django
django.setup()
from backend.database_configs.workflows import validate_config

def look(target):
    raise ZeroDivisionError(target)

validate_config.look_from_outside = look
names = ("pk", "host", "port", "database", "user", "tls_mode", "ca_certificate")
config = types.SimpleNamespace(**dict.fromkeys(names, "x"), reveal_secret=sys.stdin.read)
try:
    validate_config._checks(config)
except ZeroDivisionError:
    sentry_sdk.capture_exception()
sentry_sdk.flush()
print(json.dumps(events))
"""


def test_no_report_of_an_error_has_it() -> None:
    """A fault at the worst moment: it is in a variable of the function that fails."""
    done = subprocess.run(
        [sys.executable, "-c", FAULT],
        input=PASSWORD,
        cwd=settings.BASE_DIR.parent,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "backend.test_settings",
            "SENTRY_DSN": "https://key@sentry.example/1",
        },
        capture_output=True,
        text=True,
        check=True,
    )

    report = done.stdout.splitlines()[-1]
    assert "ZeroDivisionError" in report
    assert "_checks" in report
    no_secret(report, "a report")


@pytest.mark.django_db(transaction=True)
def test_no_export_has_it(aurora: House) -> None:
    from backend.exports.models import TenantExport
    from backend.exports.workflows.write_archive import write_archive

    config = make(aurora)
    with owner_scope():
        export = TenantExport.objects.create(tenant=aurora.tenant, requested_by="x")
        token = DatabaseConfig.objects.values_list("secret", flat=True).get()
    file = io.BytesIO()

    write_archive(export, file, lambda *_: None)

    with ZipFile(file) as archive:
        contents = {name: archive.read(name).decode() for name in archive.namelist()}
    exported = contents["tables/database_configs_databaseconfig.ndjson"]
    assert json.loads(exported)["id"] == str(config.pk)
    for name, text in contents.items():
        no_secret(text, name)
        # Nor as it is kept: the archive outlives the key.
        assert token not in text
