"""What a tenant's role may do with attachments, tried by plain SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from backend.common.tenancy import tenant_scope
from backend.common.tests.stores import local_store
from backend.conftest import House
from backend.tickets.models import Attachment, AttachmentCheck
from backend.tickets.tests.attachments import attached, looked_at, uploaded
from backend.tickets.tests.cast import a_ticket

__all__ = ["local_store"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(local_store: Path) -> None:
    """Each test has a disk of its own."""


def run(house: House, statement: str, values: Any = ()) -> Any:
    """As the house's role: the rows that it sees, or how many it changed."""
    with tenant_scope(house.tenant.pk), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


ANNOUNCE = """
    INSERT INTO tickets_attachment
      (id, tenant_id, message_id, announced_by_kind, filename, content_type, size, created_at)
    VALUES (gen_random_uuid(), %s, %s, 'person', 'a.png', 'image/png', 1, now())
"""


def test_another_tenants_files_are_not_there(aurora: House, bluefin: House) -> None:
    ticket = a_ticket(aurora)
    ours = attached(ticket, aurora)
    looked_at(ours)
    waiting = uploaded(aurora)
    for table, count in (("tickets_attachment", 2), ("tickets_attachmentcheck", 1)):
        assert len(run(aurora, f"SELECT id FROM {table}")) == count
        assert run(bluefin, f"SELECT id FROM {table}") == []
    message = a_ticket(bluefin).messages.get()
    taken = "UPDATE tickets_attachment SET message_id = %s WHERE id = %s"
    assert run(bluefin, taken, [message.pk, waiting.pk]) == 0
    waiting.refresh_from_db()
    assert waiting.message_id is None


def test_a_file_goes_with_no_message_of_another_tenant(aurora: House, bluefin: House) -> None:
    theirs = a_ticket(bluefin).messages.get()
    waiting = uploaded(aurora)
    with pytest.raises(IntegrityError, match="same_tenant"), transaction.atomic():
        run(
            aurora,
            "UPDATE tickets_attachment SET message_id = %s WHERE id = %s",
            [theirs.pk, waiting.pk],
        )
    with pytest.raises(IntegrityError, match="same_tenant"), transaction.atomic():
        run(aurora, ANNOUNCE, [aurora.tenant.pk, theirs.pk])
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        run(aurora, ANNOUNCE, [bluefin.tenant.pk, None])
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tickets_attachment SET size = 1",
        "UPDATE tickets_attachment SET filename = 'x.exe'",
        "UPDATE tickets_attachment SET announced_by_id = NULL",
        "UPDATE tickets_attachment SET tenant_id = tenant_id",
        "DELETE FROM tickets_attachment",
        "UPDATE tickets_attachmentcheck SET refusal = ''",
        "DELETE FROM tickets_attachmentcheck",
        "INSERT INTO tickets_attachmentcheck SELECT * FROM tickets_attachmentcheck",
    ],
)
def test_a_tenants_role_may_not(aurora: House, statement: str) -> None:
    looked_at(attached(a_ticket(aurora), aurora))
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run(aurora, statement)
    assert Attachment.objects.get().filename == "printer.png"
    assert AttachmentCheck.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tickets_attachment SET message_id = NULL",
        "UPDATE tickets_attachment SET content_type = 'text/html'",
        "UPDATE tickets_attachmentcheck SET refusal = 'kind'",
        "DELETE FROM tickets_attachmentcheck",
    ],
)
def test_not_even_the_owner_may(aurora: House, statement: str) -> None:
    looked_at(attached(a_ticket(aurora), aurora))
    with (
        pytest.raises(IntegrityError, match="is refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Attachment.objects.get().message_id is not None
    assert AttachmentCheck.objects.get().refusal == ""


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("size", 0),
        ("size", 20 * 1024 * 1024 + 1),
        ("filename", "a/b.png"),
        ("filename", "a\nb.png"),
    ],
)
def test_the_database_knows_the_bounds(aurora: House, column: str, value: Any) -> None:
    facts = {"filename": "a.png", "content_type": "image/png", "size": 1} | {column: value}
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.create(tenant=aurora.tenant, announced_by_kind="person", **facts)
    assert not Attachment.objects.exists()
