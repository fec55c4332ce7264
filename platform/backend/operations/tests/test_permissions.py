"""docs/permissions.md is true: each of its rows is sent as each caller, to each state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from drf_spectacular.generators import SchemaGenerator

from backend.operations.management.commands import permission_table
from backend.operations.management.commands.permission_table import DOCUMENT
from backend.operations.permissions import (
    APP,
    CALLERS,
    METHODS,
    NOBODY,
    OTHER_APP,
    PREFIX,
    ROLES,
    STATES,
    STRANGER,
    operations,
    renewed,
)  # fmt: skip
from backend.operations.tests.permission_world import World

pytestmark = pytest.mark.django_db

REFUSALS = {
    **dict.fromkeys((*ROLES, APP, OTHER_APP), "403 forbidden"),
    STRANGER: "404 tenant-not-found",
    NOBODY: "401 not-signed-in",
}
STATE_REFUSAL = "403 tenant-state"
# What the owner of an active business is answered, where the sample isn't all that it takes.
TAKES_MORE = {
    # Steps of a sign-in, asked for by somebody who is signed in.
    ("POST", "auth/2fa/authenticate/"): "409 step-not-open",
    ("POST", "auth/email/verify/"): "409 step-not-open",
    ("POST", "auth/email/verify/resend/"): "409 step-not-open",
    ("POST", "auth/login/"): "409 step-not-open",
    ("POST", "auth/password/reset/"): "409 step-not-open",
    ("POST", "auth/signup/"): "409 step-not-open",
    # There is no second factor.
    ("POST", "auth/2fa/reauthenticate/"): "400 invalid",
    ("GET", "auth/account/authenticators/recovery-codes/"): "404 authenticator-not-found",
    ("POST", "auth/account/authenticators/recovery-codes/"): "400 invalid",
    ("GET", "auth/account/authenticators/totp/"): "404 authenticator-not-found",
    ("POST", "auth/account/authenticators/totp/"): "400 invalid",
    # The token is only in the mail.
    ("POST", "invitations/acceptance/"): "404 invitation-not-found",
    ("POST", "invitations/preview/"): "404 invitation-not-found",
    ("DELETE", "me/memberships/{slug}/"): "409 last-owner",
    # A job makes it.
    ("POST", "credit-notes/{credit_note_id}/link/"): "409 document-not-ready",
    ("POST", "invoices/{invoice_id}/link/"): "409 document-not-ready",
    # It was announced as a transfer.
    ("POST", "payments/{payment_id}/card/"): "400 method-not-offered",
    # Nothing is planned.
    ("DELETE", "services/{service_id}/cancellation/"): "409 nothing-planned",
    ("DELETE", "services/{service_id}/plan-change/"): "409 nothing-planned",
    ("POST", "tenant/exports/"): "409 export-unfinished",
    ("POST", "tenant/exports/{export_id}/link/"): "409 export-not-ready",
    ("POST", "tenant/provisioning/"): "409 transition-refused",
    # A job looks at it first.
    ("POST", "tickets/{ticket_id}/attachments/{attachment_id}/link/"): "409 attachment-not-ready",
    # It isn't closed.
    ("POST", "tickets/{ticket_id}/reopening/"): "409 transition-refused",
}


class Row(NamedTuple):
    """One operation as the document has it."""

    method: str
    path: str
    ability: str
    marks: dict[str, bool]

    def expected(self, who: str, state: str) -> str:
        """The documented answer; empty where the request is let through."""
        if who in {NOBODY, STRANGER} and not self.marks[who]:
            return REFUSALS[who]
        if not self.marks[state]:
            return STATE_REFUSAL
        return "" if self.marks[who] else REFUSALS[who]


def rows_of(document: str) -> list[Row]:
    """Reads the tables back, by the names of their columns."""
    section = document[document.index("<!-- operations:") :]
    found, header = [], []
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if not line.startswith("|") or set(line) <= set("|-: "):
            continue
        if cells[0] == "method":
            header = cells
            continue
        named = dict(zip(header, cells, strict=True))
        marks = {name: {"✓": True, "–": False}[named[name]] for name in (*CALLERS, *STATES)}
        path, ability = named["path"].strip("`"), named["ability"].strip("`")
        found.append(Row(named["method"], path, ability, marks))
    return found


ROWS = rows_of(DOCUMENT.read_text(encoding="utf-8"))


def test_every_operation_is_documented_and_no_other() -> None:
    documented = [(row.method, row.path) for row in ROWS]

    assert documented == [(each.method, each.path) for each in operations()]
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    assert sorted(documented) == sorted(
        (method.upper(), path.removeprefix(f"/{PREFIX}"))
        for path, methods in schema["paths"].items()
        for method in methods
        if method in METHODS
    )


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One transaction for all of them, which comes to nothing; each request is undone in it."""
    places = override_settings(LOCAL_FILES=True)
    with django_db_blocker.unblock(), places, transaction.atomic():
        yield World([row.path for row in ROWS])
        transaction.set_rollback(True)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_it_answers_as_documented(world: World, row: Row) -> None:
    wrong = []
    for state in STATES:
        for who in CALLERS:
            expected = row.expected(who, state)
            answer = world.ask(who, state, row.method, row.path, row.ability)
            fits = str(answer) == expected if expected else not answer.is_refusal
            if not fits:
                wrong.append(f"{who}, {state}: {answer} instead of {expected or 'let through'}")

    assert wrong == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_the_sample_is_one_that_succeeds(world: World, row: Row) -> None:
    """Else the refusals above would say little: a request that is no good is refused anyway."""
    answer = world.ask("owner", "active", row.method, row.path, row.ability)

    expected = TAKES_MORE.get((row.method, row.path), "")
    assert f"{answer.status} {answer.code}" == expected or (not expected and answer.status < 300)


def test_the_command_writes_what_the_code_declares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "permissions.md"
    monkeypatch.setattr(permission_table, "DOCUMENT", document)
    written = DOCUMENT.read_text(encoding="utf-8")
    document.write_text(re.sub(r"\n\| GET \|[^\n]*", "", written, count=1), encoding="utf-8")

    with pytest.raises(CommandError, match="not what the code declares"):
        call_command("permission_table", "--check")
    call_command("permission_table", stdout=StringIO())

    assert document.read_text(encoding="utf-8") == renewed(written)
    call_command("permission_table", "--check")


def test_prose_is_left_alone_and_marks_must_be_there() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")

    assert renewed(written).startswith(written[: written.index("<!-- abilities")])
    with pytest.raises(ValueError, match="end of operations"):
        renewed(written.replace("<!-- end of operations -->", ""))
