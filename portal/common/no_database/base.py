"""The portal has no database; this makes any use of one an error.

Django insists on a default connection, so it gets an in-memory SQLite that refuses to open: a
query, a transaction, even a look at the schema fails in the line that asked for it. The router
refuses before that, wherever Django asks a router. This is the one file of the portal that may
import `django.db`, because this is where Django looks for the thing to be refused.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base as sqlite3  # noqa: TID251 -- see above


class DatabaseForbidden(ImproperlyConfigured):
    """Somebody asked the portal for a database.

    A kind of `ImproperlyConfigured`, which Django's own commands (`runserver` looks for migrations)
    understand as "no database here".
    """

    def __init__(self, what: str) -> None:
        super().__init__(f"The portal has no database: {what} refused. Ask the platform's API.")


class RefusingRouter:
    """Refuses every read, write, relation and migration."""

    def db_for_read(self, model: Any, **hints: Any) -> NoReturn:
        raise DatabaseForbidden(f"reading {model.__name__}")

    def db_for_write(self, model: Any, **hints: Any) -> NoReturn:
        raise DatabaseForbidden(f"writing {model.__name__}")

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        return False

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return False


class DatabaseWrapper(sqlite3.DatabaseWrapper):
    """The connection that can't be opened: no cursor, hence no query, ever comes to be."""

    def get_new_connection(self, conn_params: Any) -> NoReturn:
        raise DatabaseForbidden("a connection")
