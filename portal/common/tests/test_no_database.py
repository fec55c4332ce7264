from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, models, transaction  # noqa: TID251 -- to see it refused
from django.db.utils import ConnectionHandler  # noqa: TID251
from django.test.utils import isolate_apps

from portal.common.no_database.base import DatabaseForbidden, RefusingRouter

PORTAL = Path(__file__).resolve().parents[2]
EXEMPT = PORTAL / "common" / "no_database" / "base.py"
BANNED = (
    "backend",
    "sqlite3",
    "psycopg",
    "django.db",
    "django.core.cache",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.contenttypes",
)


@pytest.fixture
def fresh_connection():
    """The connection as Django makes it in a web process, without pytest-django's own guard."""
    from django.conf import settings

    return ConnectionHandler(settings.DATABASES)["default"]


@pytest.fixture
def unguarded(django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_a_query_is_an_error(unguarded, fresh_connection):
    with pytest.raises(DatabaseForbidden, match="no database"):
        fresh_connection.cursor().execute("SELECT 1")


def test_so_is_a_transaction(unguarded):
    with pytest.raises(DatabaseForbidden), transaction.atomic():
        pytest.fail("entered")


def test_so_is_a_look_at_the_schema(unguarded, fresh_connection):
    with pytest.raises(DatabaseForbidden):
        fresh_connection.introspection.table_names()


def test_so_is_a_migration(unguarded):
    with pytest.raises(DatabaseForbidden):
        call_command("migrate", verbosity=0)
    assert connection.connection is None


@isolate_apps("portal.common")
def test_the_router_refuses_reading_writing_relating_and_migrating(unguarded):
    class Thing(models.Model):
        class Meta:
            app_label = "common"

    router = RefusingRouter()
    with pytest.raises(DatabaseForbidden, match="reading Thing"):
        router.db_for_read(Thing)
    with pytest.raises(DatabaseForbidden, match="writing Thing"):
        router.db_for_write(Thing)
    assert router.allow_relation(Thing(), Thing()) is False
    assert router.allow_migrate("default", "common") is False
    with pytest.raises(DatabaseForbidden, match="reading Thing"):
        list(Thing._default_manager.all())
    with pytest.raises(DatabaseForbidden, match="writing Thing"):
        Thing().save()


def test_no_module_of_the_portal_imports_a_database():
    guilty = [
        f"{path.relative_to(PORTAL)}: {name}"
        for path in PORTAL.rglob("*.py")
        if path != EXEMPT and "tests" not in path.parts
        for name in _imports(path)
        if any(name == banned or name.startswith(f"{banned}.") for banned in BANNED)
    ]

    assert guilty == []


def _imports(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def test_a_process_that_has_served_pages_knows_no_people_sessions_or_drivers():
    """Django's own forms bring django.db's code along; nothing else of it must be there."""
    program = """
import sys, django
django.setup()
from django.test import Client
for page in ("/sign-in/", "/sign-up/", "/nowhere/", "/health/live", "/account/"):
    Client().get(page)
from django.apps import apps
assert not apps.get_models(), apps.get_models()
print(sorted(name for name in sys.modules if name.startswith((
    "backend", "psycopg", "redis", "sqlite3", "django.db.backends.sqlite3",
    "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.contenttypes", "django.contrib.admin",
))))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PORTAL.parent,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "portal.test_settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
