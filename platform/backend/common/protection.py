"""Migration operations that put a table under row-level security.

`backend.common.migrations` is Django's folder of migrations, so these live here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management.base import CommandError
from django.db import connection as default_connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState
from psycopg import errors

from backend.common.tenancy import tenant_role

POLICY = "tenant_isolation"
IMMUTABLE = "tenant_id_is_immutable"

Grant = str | Mapping[str, Sequence[str] | None]


class MissingPrivilege(CommandError):
    """The login user may not do what a migration needs; the message says who may, and how."""


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return default_connection.ops.quote_name(name)


def _privileges(grant: Grant) -> list[str]:
    if isinstance(grant, str):
        return [word.strip().upper() for word in grant.split(",") if word.strip()]
    return [
        privilege.upper()
        if columns is None
        else f"{privilege.upper()} ({', '.join(quoted(column) for column in columns)})"
        for privilege, columns in grant.items()
    ]


def _is_16(connection: Any) -> bool:
    """Whether memberships carry options of their own, which PostgreSQL knows from 16 on."""
    return bool(connection.pg_version >= 160000)


class _DatabaseOnly(Operation):
    """Changes the database and leaves the models' state alone."""

    category = OperationCategory.SQL
    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        return None


class _Statements(_DatabaseOnly, ABC):
    """Consists of statements forwards, and others backwards."""

    @abstractmethod
    def forwards(self) -> list[str]: ...

    @abstractmethod
    def backwards(self) -> list[str]: ...

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        for statement in self.forwards():
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        for statement in self.backwards():
            schema_editor.execute(statement, params=None)


class CreateTenantRole(_DatabaseOnly):
    """Makes the role that requests run as, and lets the login user become it.

    Roles belong to the server, not the database: an advisory lock keeps two migrating databases
    apart. A login user without CREATEROLE is told the one statement that a DBA must run.
    """

    def describe(self) -> str:
        return "Create the tenant role"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        connection = schema_editor.connection
        role = tenant_role()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tavola.tenant_role'))")
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls OR rolcanlogin FROM pg_roles WHERE rolname = %s",
                [role],
            )
            found = cursor.fetchone()
            if found and found[0]:
                raise MissingPrivilege(
                    f"Role {role} exists and may log in or bypass row-level security. Tenants "
                    f"would not be kept apart. Rename it, or set TENANT_ROLE to another name."
                )
            cursor.execute("SELECT current_user")
            owner = cursor.fetchone()[0]
            if not found:
                self._run(
                    connection,
                    f"CREATE ROLE {quoted(role)} NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT",
                    f"CREATE ROLE {quoted(role)} NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT "
                    f"ROLE {quoted(owner)};",
                )
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            superuser = cursor.fetchone()[0]
            if not superuser and not self._can_become(connection, role):
                options = " WITH INHERIT FALSE, SET TRUE" if _is_16(connection) else ""
                grant = f"GRANT {quoted(role)} TO {quoted(owner)}{options}"
                self._run(connection, grant, f"{grant};")
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted(role)}")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        """The role stays: another database's objects might depend on it."""

    @staticmethod
    def _can_become(connection: Any, role: str) -> bool:
        kind = "SET" if _is_16(connection) else "MEMBER"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_has_role(current_user, %s, %s)", [role, kind])
            return bool(cursor.fetchone()[0])

    @staticmethod
    def _run(connection: Any, statement: str, for_the_dba: str) -> None:
        from django.db import ProgrammingError, transaction

        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute(statement)
        except ProgrammingError as error:
            if not isinstance(error.__cause__, errors.InsufficientPrivilege):
                raise
            raise MissingPrivilege(
                "The database user may not create the tenant role. Ask a DBA to run this one "
                f"statement, then migrate again:\n\n    {for_the_dba}\n"
            ) from error


class ProtectTable(_Statements):
    """Puts a table under row-level security and grants the tenant role exactly what is named.

    `grant` is a list in words ("select, insert", as ledgers get) or a mapping of privilege to the
    columns that it covers, None meaning all (``{"select": None, "update": ["name"]}``). A row's
    tenant can't change, whoever asks. With `expires` the table has an ``expires_at``, and an
    expired row is gone on time. `column` is where the tenant's id stands: ``id`` in the table of
    tenants.
    """

    def __init__(
        self, table: str, grant: Grant = "", expires: bool = False, column: str = "tenant_id"
    ) -> None:
        self.table = table
        self.grant = grant
        self.expires = expires
        self.column = column

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return self.__class__.__name__, [], dict(vars(self))

    def describe(self) -> str:
        return f"Protect {self.table} with row-level security"

    def forwards(self) -> list[str]:
        table = quoted(self.table)
        # The sub-select makes it one InitPlan per query; a bare call would run once per row.
        is_current = f"{quoted(self.column)} = (SELECT current_tenant_id())"
        condition = is_current + (" AND expires_at > now()" if self.expires else "")
        statements = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY {POLICY} ON {table} USING ({condition}) WITH CHECK ({is_current})",
        ]
        if self.column == "tenant_id":
            statements.append(
                f"CREATE TRIGGER {IMMUTABLE} BEFORE UPDATE OF tenant_id ON {table} FOR EACH ROW "
                f"WHEN (OLD.tenant_id IS DISTINCT FROM NEW.tenant_id) "
                f"EXECUTE FUNCTION refuse_change()"
            )
        if privileges := _privileges(self.grant):
            statements.append(
                f"GRANT {', '.join(privileges)} ON {table} TO {quoted(tenant_role())}"
            )
        return statements

    def backwards(self) -> list[str]:
        table = quoted(self.table)
        return [
            f"DROP TRIGGER IF EXISTS {IMMUTABLE} ON {table}",
            f"REVOKE ALL ON {table} FROM {quoted(tenant_role())}",
            f"DROP POLICY {POLICY} ON {table}",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]


class GrantMore(_Statements):
    """Grants the tenant role further privileges on a table that is protected already."""

    def __init__(self, table: str, grant: Grant) -> None:
        self.table = table
        self.grant = grant

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return self.__class__.__name__, [], dict(vars(self))

    def describe(self) -> str:
        return f"Grant more on {self.table}"

    def forwards(self) -> list[str]:
        privileges = ", ".join(_privileges(self.grant))
        return [f"GRANT {privileges} ON {quoted(self.table)} TO {quoted(tenant_role())}"]

    def backwards(self) -> list[str]:
        privileges = ", ".join(_privileges(self.grant))
        return [f"REVOKE {privileges} ON {quoted(self.table)} FROM {quoted(tenant_role())}"]


class AppendOnly(_Statements):
    """Refuses UPDATE, DELETE and TRUNCATE, also to the owner of the table."""

    def __init__(self, table: str) -> None:
        self.table = table

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return self.__class__.__name__, [], dict(vars(self))

    def describe(self) -> str:
        return f"Let rows of {self.table} only be added"

    def forwards(self) -> list[str]:
        table = quoted(self.table)
        return [
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER append_only_as_a_whole BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        ]

    def backwards(self) -> list[str]:
        table = quoted(self.table)
        return [
            f"DROP TRIGGER append_only_as_a_whole ON {table}",
            f"DROP TRIGGER append_only ON {table}",
        ]


class GuardTransitions(_Statements):
    """Refuses a row that begins in another state, and every change of state but those listed.

    `changes` is what `backend.common.transitions.allowed_changes` makes of the model's table,
    written out: a migration doesn't change with the code.
    """

    def __init__(self, table: str, initial: str, changes: Sequence[tuple[str, str]]) -> None:
        self.table = table
        self.initial = initial
        self.changes = changes

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return self.__class__.__name__, [], dict(vars(self))

    def describe(self) -> str:
        return f"Guard the states of {self.table}"

    def forwards(self) -> list[str]:
        words = [self.initial, *(f"{source}>{target}" for source, target in self.changes)]
        arguments = ", ".join(f"'{word}'" for word in words)
        return [
            f"CREATE TRIGGER guarded_transitions BEFORE INSERT OR UPDATE OF state "
            f"ON {quoted(self.table)} FOR EACH ROW EXECUTE FUNCTION guard_transition({arguments})"
        ]

    def backwards(self) -> list[str]:
        return [f"DROP TRIGGER guarded_transitions ON {quoted(self.table)}"]


class CompositeForeignKey(_Statements):
    """``(tenant_id, column) REFERENCES references (tenant_id, id)``.

    A row can't point into another tenant, not even by a bug or as the table's owner.
    """

    def __init__(
        self, table: str, column: str, references: str, on_delete: str = "NO ACTION"
    ) -> None:
        self.table = table
        self.column = column
        self.references = references
        self.on_delete = on_delete

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return self.__class__.__name__, [], dict(vars(self))

    def describe(self) -> str:
        return f"Tie {self.table}.{self.column} to {self.references} of the same tenant"

    @property
    def name(self) -> str:
        return f"{self.table}_{self.column}_same_tenant"[:63]

    def forwards(self) -> list[str]:
        return [
            f"ALTER TABLE {quoted(self.table)} ADD CONSTRAINT {quoted(self.name)} "
            f"FOREIGN KEY (tenant_id, {quoted(self.column)}) "
            f"REFERENCES {quoted(self.references)} (tenant_id, id) ON DELETE {self.on_delete} "
            f"DEFERRABLE INITIALLY IMMEDIATE"
        ]

    def backwards(self) -> list[str]:
        return [f"ALTER TABLE {quoted(self.table)} DROP CONSTRAINT {quoted(self.name)}"]


class GrantExecute(_Statements):
    """Lets the tenant role, and nobody else but the owner, call a function."""

    def __init__(self, function: str) -> None:
        self.function = function

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return self.__class__.__name__, [], {"function": self.function}

    def describe(self) -> str:
        return f"Let the tenant role call {self.function}"

    def forwards(self) -> list[str]:
        return [
            f"REVOKE ALL ON FUNCTION {self.function} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {self.function} TO {quoted(tenant_role())}",
        ]

    def backwards(self) -> list[str]:
        return [f"REVOKE EXECUTE ON FUNCTION {self.function} FROM {quoted(tenant_role())}"]
