"""Asking for an export, and looking how far it is: the owner, one at a time, ten a day."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.audit.models import AuditEvent
from backend.common.actor import Actor
from backend.conftest import Api, House
from backend.exports.models import TenantExport
from backend.exports.tests.conftest import ask, made, put_in_state

Visit = Callable[..., Api]
PATHS = [
    ("GET", "tenant/exports/"),
    ("POST", "tenant/exports/"),
    ("GET", "tenant/exports/{id}/"),
    ("POST", "tenant/exports/{id}/link/"),
]


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="exports.make").count()


def downloads() -> int:
    return AuditEvent.objects.filter(action="export.downloaded").count()


@pytest.mark.django_db
def test_the_owner_asks_and_is_told_what_becomes_of_it(aurora: House, visit: Visit) -> None:
    owner = visit(aurora.person("owner"), aurora.tenant)
    before = jobs()
    reply = owner.post("tenant/exports/")
    assert reply.status_code == 201
    body = reply.json()
    assert body | {"id": "", "requested_at": ""} == {
        "id": "", "status": "waiting", "file_name": f"aurora-export-{timezone.now():%Y-%m-%d}.zip",
        "requested_by": "Owner Trattoria Aurora", "requested_at": "", "finished_at": None,
        "tables_done": 0, "tables_total": 0, "rows": 0, "bytes": 0, "sha256": "",
        "expires_at": None, "failure": "", "can": [],
    }  # fmt: skip
    assert owner.get(f"tenant/exports/{body['id']}/").json() == body
    assert jobs() == before + 1
    [event] = AuditEvent.objects.filter(action="export.requested")
    assert event.tenant_id == aurora.tenant.id
    assert event.by_id == aurora.person("owner").id
    assert (event.about_kind, str(event.about_id)) == ("export", body["id"])


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["suspended", "archived"])
def test_also_of_a_business_that_is_suspended_or_archived(
    aurora: House, visit: Visit, state: str
) -> None:
    verb = {"suspended": aurora.tenant.suspend, "archived": aurora.tenant.archive}[state]
    verb(by=Actor.system(), reason="unpaid")
    owner = visit(aurora.person("owner"), aurora.tenant)
    export = put_in_state(ask(aurora, owner), "ready")
    assert owner.get("tenant/exports/").json()["results"][0]["can"] == ["download"]
    assert owner.post(f"tenant/exports/{export.pk}/link/").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["manager", "accountant", "waiter"])
@pytest.mark.parametrize(("method", "path"), PATHS)
def test_nobody_else_may(aurora: House, visit: Visit, role: str, method: str, path: str) -> None:
    export = put_in_state(ask(aurora), "ready")
    before = jobs()
    api = visit(aurora.person(role), aurora.tenant)
    reply = api(method, path.format(id=export.pk), {} if method == "POST" else None)
    assert reply.status_code == 403
    assert reply.json()["code"] == "forbidden"
    assert b"url" not in reply.content
    assert (TenantExport.objects.count(), jobs(), downloads()) == (1, before, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), PATHS)
def test_an_app_needs_the_scope(aurora: House, method: str, path: str) -> None:
    export = put_in_state(ask(aurora), "ready")
    aurora.app.app.scopes = ["tenant.read", "customers.export"]
    aurora.app.app.save()
    reply = aurora.app(method, path.format(id=export.pk), {} if method == "POST" else None)
    assert reply.status_code == 403
    assert (TenantExport.objects.count(), downloads()) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), PATHS)
def test_a_business_that_is_not_set_up_has_nothing_to_export(
    aurora: House, method: str, path: str
) -> None:
    export = ask(aurora)
    with connection.cursor() as cursor:
        # As no verb could: back to where nothing is to be had yet.
        cursor.execute("ALTER TABLE tenants_tenant DISABLE TRIGGER guarded_transitions")
        cursor.execute(
            "UPDATE tenants_tenant SET state = 'draft' WHERE id = %s", [aurora.tenant.id]
        )
    reply = aurora.app(method, path.format(id=export.pk), {} if method == "POST" else None)
    assert reply.status_code == 403
    assert reply.json()["code"] == "tenant-state"
    assert TenantExport.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["tenant/exports/{id}/", "tenant/exports/{id}/link/"])
def test_another_tenants_export_is_unknown_in_every_verb(
    aurora: House, bluefin: House, method: str, path: str
) -> None:
    theirs = put_in_state(ask(bluefin), "ready")
    before = TenantExport.objects.values().get(pk=theirs.pk)
    reply = aurora.app(method, path.format(id=theirs.pk), None if method == "GET" else {})
    served = {"tenant/exports/{id}/": "GET", "tenant/exports/{id}/link/": "POST"}[path]
    if method == served:
        assert reply.status_code == 404
        assert reply.json()["code"] == "export-not-found"
    else:
        assert reply.status_code == 405
    assert TenantExport.objects.values().get(pk=theirs.pk) == before
    assert aurora.app.get("tenant/exports/").json()["results"] == []
    assert downloads() == 0


@pytest.mark.django_db
def test_an_unknown_export_is_not_there(aurora: House) -> None:
    assert aurora.app.get(f"tenant/exports/{uuid4()}/").json()["code"] == "export-not-found"
    reply = aurora.app.post(f"tenant/exports/{uuid4()}/link/")
    assert reply.json()["code"] == "export-not-found"


@pytest.mark.django_db
def test_without_a_place_for_files_nothing_is_begun(aurora: House, settings: Any) -> None:
    settings.LOCAL_FILES = False
    before = jobs()
    reply = aurora.app.post("tenant/exports/")
    assert reply.status_code == 409
    assert reply.json()["code"] == "storage-not-configured"
    assert (TenantExport.objects.count(), jobs()) == (0, before)
    shown = aurora.app.get("tenant/exports/").json()
    assert shown["blocked_by"]["code"] == "storage-not-configured"


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["waiting", "running"])
def test_one_at_a_time(aurora: House, bluefin: House, state: str) -> None:
    put_in_state(ask(aurora), state)
    before = jobs()
    reply = aurora.app.post("tenant/exports/")
    assert reply.status_code == 409
    assert reply.json()["code"] == "export-unfinished"
    assert (TenantExport.objects.count(), jobs()) == (1, before)
    shown = aurora.app.get("tenant/exports/").json()
    assert shown["blocked_by"]["code"] == "export-unfinished"
    # Another house is another matter.
    assert bluefin.app.get("tenant/exports/").json()["blocked_by"] is None
    ask(bluefin)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["ready", "failed", "expired"])
def test_after_the_end_comes_another(aurora: House, state: str) -> None:
    first = put_in_state(ask(aurora), state)
    assert aurora.app.get("tenant/exports/").json()["blocked_by"] is None
    assert ask(aurora).pk != first.pk


@pytest.mark.django_db
def test_ten_in_24_hours(aurora: House, bluefin: House) -> None:
    first = put_in_state(ask(aurora), "ready")
    for _ in range(9):
        put_in_state(ask(aurora), "failed")
    reply = aurora.app.post("tenant/exports/")
    assert reply.status_code == 409
    assert reply.json()["code"] == "export-limit-reached"
    assert TenantExport.objects.count() == 10
    shown = aurora.app.get("tenant/exports/").json()
    assert shown["blocked_by"]["code"] == "export-limit-reached"
    ask(bluefin)
    TenantExport.objects.filter(pk=first.pk).update(
        created_at=timezone.now() - timedelta(hours=24, seconds=1)
    )
    ask(aurora)


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_once_one_wins(aurora: House) -> None:
    def post(_: int) -> tuple[int, str]:
        try:
            reply = aurora.app.post("tenant/exports/")
            return reply.status_code, reply.json().get("code", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        replies = sorted(pool.map(post, range(4)))
    assert replies == [(201, "")] + [(409, "export-unfinished")] * 3
    assert TenantExport.objects.count() == 1


@pytest.mark.django_db
def test_pressed_twice_it_is_asked_for_once(aurora: House) -> None:
    first = aurora.app.post("tenant/exports/", idempotency_key="once")
    again = aurora.app.post("tenant/exports/", idempotency_key="once")
    assert (again.status_code, again.json()) == (201, first.json())
    assert TenantExport.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{"tenant": "bluefin"}, [], "x", 1])
@pytest.mark.parametrize("path", ["tenant/exports/", "tenant/exports/{id}/link/"])
def test_nothing_is_said_in_the_request(aurora: House, path: str, body: Any) -> None:
    export = put_in_state(ask(aurora), "ready")
    reply = aurora.app.post(path.format(id=export.pk), body)
    assert reply.status_code == 400
    assert reply.json()["code"] == "invalid"
    assert (TenantExport.objects.count(), downloads()) == (1, 0)


@pytest.mark.django_db
def test_the_list_has_pages_and_costs_the_same_whatever_its_length(aurora: House) -> None:
    exports = [put_in_state(ask(aurora), "ready") for _ in range(5)]
    first = aurora.app.get("tenant/exports/?limit=3").json()
    second = aurora.app.get(f"tenant/exports/?limit=3&cursor={first['next_cursor']}").json()
    shown = [row["id"] for row in (*first["results"], *second["results"])]
    assert shown == [str(export.pk) for export in reversed(exports)]
    assert second["next_cursor"] is None
    counts = []
    for limit in (1, 5):
        with CaptureQueriesContext(connection) as captured:
            aurora.app.get(f"tenant/exports/?limit={limit}")
        counts.append(len([each for each in captured if "exports_tenantexport" in each["sql"]]))
    assert counts == [3, 3]


@pytest.mark.django_db
def test_what_the_platform_says_of_its_machinery_is_not_for_members(aurora: House) -> None:
    export = put_in_state(ask(aurora), "failed")
    assert "internal.example" in export.diagnostics
    for path in ("tenant/exports/", f"tenant/exports/{export.pk}/"):
        reply = aurora.app.get(path)
        assert b"internal.example" not in reply.content
    shown = reply.json()
    assert (shown["status"], shown["failure"], shown["can"]) == ("failed", "store", [])


@pytest.mark.django_db(transaction=True)
def test_the_whole_way(aurora: House, visit: Visit) -> None:
    export = made(aurora)
    owner = visit(aurora.person("owner"), aurora.tenant)
    shown = owner.get(f"tenant/exports/{export.pk}/").json()
    assert shown["status"] == "ready"
    assert shown["can"] == ["download"]
    assert shown["sha256"] == export.sha256
    assert shown["bytes"] == export.bytes > 5000
    assert shown["tables_done"] == shown["tables_total"] == export.tables_total
