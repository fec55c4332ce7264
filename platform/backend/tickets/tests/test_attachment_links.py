"""Who gets a file, and how: as a download, for five minutes, once it was looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.common.tests.stores import local_store, s3_server, s3_store
from backend.conftest import Api, House
from backend.tickets.models import Attachment, Ticket
from backend.tickets.tests.attachments import (
    PNG,
    announced,
    attached,
    get,
    looked_at,
    sent,
    uploaded,
)
from backend.tickets.tests.cast import a_ticket, as_member
from backend.tickets.workflows.merge_tickets import merge_tickets

__all__ = ["local_store", "s3_server", "s3_store"]

Visit = Callable[..., Api]


@pytest.fixture(autouse=True)
def _store(local_store: Path) -> None:
    """Each test has a disk of its own."""


def ready(ticket: Ticket, house: House, **how: Any) -> Attachment:
    attachment = attached(ticket, house, **how)
    assert looked_at(attachment).refusal == ""
    return attachment


def link(api: Api, ticket: Ticket, attachment: Attachment) -> Any:
    return api.post(f"tickets/{ticket.pk}/attachments/{attachment.pk}/link/")


@pytest.mark.django_db
@pytest.mark.parametrize("store", ["local_store", "s3_store"])
def test_it_brings_the_file_to_be_saved(
    aurora: House, visit: Visit, request: pytest.FixtureRequest, store: str
) -> None:
    request.getfixturevalue(store)
    ticket = a_ticket(aurora)
    attachment = ready(ticket, aurora)
    reply = link(visit(aurora.person("owner"), aurora.tenant), ticket, attachment)
    assert reply.status_code == 201
    assert reply["Cache-Control"] == "no-store"
    over = datetime.fromisoformat(reply.json()["expires_at"])
    assert timedelta(minutes=4, seconds=50) < over - timezone.now() <= timedelta(minutes=5)
    status, headers, body = get(reply.json()["url"])
    assert (status, body) == (200, PNG)
    assert headers["Content-Disposition"] == 'attachment; filename="printer.png"'
    assert headers["Content-Type"] == "image/png"
    if store == "local_store":
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_it_is_over_in_time(aurora: House) -> None:
    ticket = a_ticket(aurora)
    url = link(aurora.app, ticket, ready(ticket, aurora)).json()["url"]
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        assert get(url)[0] == 410


@pytest.mark.django_db
def test_it_is_the_same_work_in_a_long_ticket(aurora: House) -> None:
    ticket = a_ticket(aurora)
    attachment = ready(ticket, aurora)
    for _ in range(12):
        sent(ticket, aurora, [])
    with CaptureQueriesContext(connection) as queries:
        assert link(aurora.app, ticket, attachment).status_code == 201
    # The ticket, what was merged into it, the attachment and its check.
    assert len([each for each in queries if "tickets_" in each["sql"]]) == 4


@pytest.mark.django_db
def test_nothing_is_handed_out_before_the_look(aurora: House) -> None:
    ticket = a_ticket(aurora)
    reply = link(aurora.app, ticket, attached(ticket, aurora))
    assert (reply.status_code, reply.json()["code"]) == (409, "attachment-not-ready")
    assert reply["Retry-After"] == "5"
    assert "url" not in reply.json()


@pytest.mark.django_db
def test_a_refused_file_is_handed_out_to_nobody(aurora: House) -> None:
    ticket = a_ticket(aurora)
    attachment = attached(ticket, aurora, b"<html>" * 9)
    looked_at(attachment)
    reply = link(aurora.app, ticket, attachment)
    assert (reply.status_code, reply.json()["code"]) == (409, "attachment-refused")
    assert reply.json()["refusal"] == "kind"
    assert "url" not in reply.json()


@pytest.mark.django_db
def test_only_who_sees_the_ticket_gets_its_files(
    aurora: House, bluefin: House, visit: Visit
) -> None:
    ticket, theirs = a_ticket(aurora), a_ticket(bluefin)
    attachment = ready(ticket, aurora)
    for role, status in (("manager", 201), ("owner", 201), ("waiter", 404), ("accountant", 404)):
        api = visit(aurora.person(role), aurora.tenant)
        assert link(api, ticket, attachment).status_code == status, role
    for api, through in (
        (bluefin.app, ticket),
        (bluefin.app, theirs),
        (visit(bluefin.person("owner"), bluefin.tenant), theirs),
    ):
        reply = link(api, through, attachment)
        assert (reply.status_code, "url" in reply.json()) == (404, False)


@pytest.mark.django_db
def test_who_opened_a_ticket_gets_what_others_sent_in_it(aurora: House, visit: Visit) -> None:
    ticket = a_ticket(aurora, "waiter")
    attachment = ready(ticket, aurora, role="owner")
    api = visit(aurora.person("waiter"), aurora.tenant)
    assert link(api, ticket, attachment).status_code == 201
    mine = ready(a_ticket(aurora, "waiter"), aurora, role="waiter")
    # It is asked for in its own ticket, or it isn't there.
    reply = link(api, ticket, mine)
    assert (reply.status_code, reply.json()["code"]) == (404, "attachment-not-found")


@pytest.mark.django_db
def test_a_merge_shows_nobody_more_files_than_before(aurora: House, visit: Visit) -> None:
    merged, into = a_ticket(aurora, "owner"), a_ticket(aurora, "waiter")
    attachment, theirs = ready(merged, aurora), ready(into, aurora, role="waiter")
    merge_tickets(aurora.tenant.pk, merged.pk, into.pk, by=as_member(aurora))
    owner, waiter = (visit(aurora.person(role), aurora.tenant) for role in ("owner", "waiter"))
    assert link(owner, into, attachment).status_code == 201
    assert link(owner, merged, attachment).status_code == 201
    assert link(waiter, into, attachment).json()["code"] == "attachment-not-found"
    assert link(waiter, merged, attachment).json()["code"] == "ticket-not-found"
    assert link(waiter, into, theirs).status_code == 201


@pytest.mark.django_db
def test_a_file_without_a_message_is_not_there(aurora: House) -> None:
    ticket = a_ticket(aurora)
    for attachment in (uploaded(aurora), announced(aurora)[0]):
        assert link(aurora.app, ticket, attachment).json()["code"] == "attachment-not-found"
    reply = aurora.app.post(f"tickets/{ticket.pk}/attachments/{uuid4()}/link/")
    assert reply.json()["code"] == "attachment-not-found"


@pytest.mark.django_db
def test_without_a_place_for_files_there_is_no_link(aurora: House, settings: Any) -> None:
    ticket = a_ticket(aurora)
    attachment = ready(ticket, aurora)
    settings.LOCAL_FILES = False
    assert link(aurora.app, ticket, attachment).json()["code"] == "storage-not-configured"


@pytest.mark.django_db
@pytest.mark.parametrize("filename", ["Küche, 厨房.png", 'a"b.png', "a;b=c.png", "100%.png"])
def test_a_name_is_quoted_where_it_stands(aurora: House, s3_store: None, filename: str) -> None:
    ticket = a_ticket(aurora)
    attachment = ready(ticket, aurora, filename=filename)
    status, headers, _ = get(link(aurora.app, ticket, attachment).json()["url"])
    assert status == 200
    assert headers["Content-Disposition"].startswith("attachment; filename")
    assert "\n" not in headers["Content-Disposition"]
