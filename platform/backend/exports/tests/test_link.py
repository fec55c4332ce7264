"""The link: for five minutes, for the owner, and never without a trace."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from backend.audit.models import AuditEvent
from backend.conftest import Api, House
from backend.exports.models import TenantExport
from backend.exports.tests.conftest import ask, made, put_in_state

Visit = Callable[..., Api]


def link(api: Api, export: TenantExport, **headers: str) -> Any:
    return api.post(f"tenant/exports/{export.pk}/link/", **headers)


def follow(url: str) -> tuple[int, Any, bytes]:
    """What a browser without any cookie or key gets."""
    parts = urlsplit(url)
    with closing(Client().get(f"{parts.path}?{parts.query}")) as response:
        return response.status_code, response.headers, response.getvalue()


def downloads() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action="export.downloaded").order_by("id"))


@pytest.mark.django_db(transaction=True)
def test_it_brings_the_archive_and_is_put_on_record(aurora: House, visit: Visit) -> None:
    export = made(aurora)
    reply = link(visit(aurora.person("owner"), aurora.tenant), export)
    assert reply.status_code == 201
    assert reply["Cache-Control"] == "no-store"
    status, headers, content = follow(reply.json()["url"])
    assert status == 200
    assert headers["Content-Disposition"] == f'attachment; filename="{export.file_name}"'
    assert headers["Content-Type"] == "application/zip"
    assert hashlib.sha256(content).hexdigest() == export.sha256
    [event] = downloads()
    assert event.tenant_id == aurora.tenant.id
    assert event.by_name == "Owner Trattoria Aurora"
    assert event.address == "203.0.113.7"
    assert (event.about_id, event.about_name) == (export.pk, export.file_name)
    assert "url" not in event.data


@pytest.mark.django_db
def test_each_is_a_new_one_and_a_new_event(aurora: House) -> None:
    export = put_in_state(ask(aurora), "ready")
    urls = set()
    for minute in (1, 2):
        with time_machine.travel(timezone.now() + timedelta(minutes=minute)):
            urls.add(link(aurora.app, export).json()["url"])
    assert len(urls) == 2
    assert len(downloads()) == 2


@pytest.mark.django_db(transaction=True)
def test_it_lasts_five_minutes(aurora: House) -> None:
    export = made(aurora)
    body = link(aurora.app, export).json()
    expires_at = datetime.fromisoformat(body["expires_at"])
    assert timedelta(minutes=4, seconds=50) < expires_at - timezone.now() <= timedelta(minutes=5)
    with time_machine.travel(expires_at - timedelta(seconds=1)):
        assert follow(body["url"])[0] == 200
    with time_machine.travel(expires_at + timedelta(seconds=1)):
        assert follow(body["url"])[0] == 410


@pytest.mark.django_db
def test_it_does_not_outlive_the_archive(aurora: House) -> None:
    over = timezone.now() + timedelta(seconds=90)
    export = put_in_state(ask(aurora), "ready", expires_at=over)
    expires_at = datetime.fromisoformat(link(aurora.app, export).json()["expires_at"])
    assert over - timedelta(seconds=10) < expires_at <= over


@pytest.mark.django_db(transaction=True)
def test_changed_by_hand_it_opens_nothing(aurora: House, bluefin: House) -> None:
    ours, theirs = made(aurora), made(bluefin)
    url = link(aurora.app, ours).json()["url"]
    their_url = link(bluefin.app, theirs).json()["url"]
    claims, their_claims = (each.rpartition("%3A")[0] for each in (url, their_url))
    signature = url.removeprefix(claims)
    assert follow(their_claims + signature)[0] == 403
    assert follow(url[:-1] + ("A" if url[-1] != "A" else "B"))[0] == 403


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["waiting", "running", "failed"])
def test_there_is_none_while_there_is_no_archive(aurora: House, state: str) -> None:
    reply = link(aurora.app, put_in_state(ask(aurora), state))
    assert reply.status_code == 409
    assert reply.json()["code"] == "export-not-ready"
    assert reply.json()["state"] == state
    assert downloads() == []


@pytest.mark.django_db
@pytest.mark.parametrize("is_swept", [True, False])
def test_there_is_none_any_more_when_the_time_is_over(aurora: House, is_swept: bool) -> None:
    """On time, also while the sweeper is late."""
    state = "expired" if is_swept else "ready"
    export = put_in_state(ask(aurora), state, expires_at=timezone.now() - timedelta(seconds=1))
    reply = link(aurora.app, export)
    assert reply.status_code == 410
    assert reply.json()["code"] == "export-expired"
    shown = aurora.app.get(f"tenant/exports/{export.pk}/").json()
    assert (shown["status"], shown["can"]) == ("expired", [])
    assert downloads() == []


@pytest.mark.django_db
def test_without_a_place_for_files_there_is_none(aurora: House, settings: Any) -> None:
    export = put_in_state(ask(aurora), "ready")
    settings.LOCAL_FILES = False
    assert link(aurora.app, export).json()["code"] == "storage-not-configured"
    assert downloads() == []


@pytest.mark.django_db(transaction=True)
def test_an_archive_that_is_gone_says_so(aurora: House) -> None:
    export = made(aurora)
    url = link(aurora.app, export).json()["url"]
    export.delete_files()
    assert follow(url)[0] == 410
