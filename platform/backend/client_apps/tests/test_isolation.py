"""As the tenant role, in every verb: another tenant's apps and keys are not there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from backend.client_apps.models import AppKey, ClientApp, IssuedKey, Kind
from backend.client_apps.tests.conftest import contents
from backend.common.actor import Actor
from backend.common.tenancy import owner_scope, tenant_scope
from backend.conftest import Api, House, new_key


@pytest.fixture
def unchanged(bluefin: House) -> Any:
    before = contents(bluefin)
    assert len(before) == 2
    yield
    assert contents(bluefin) == before


def execute(statement: str, *parameters: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"name": "Mine"}),
        ("DELETE", "", None),
        ("POST", "keys/", {"overlap_hours": 0}),
        ("DELETE", "keys/{key}/", None),
    ],
)
def test_another_tenants_app_is_unknown_in_every_verb(
    owner: Api, aurora: House, bluefin: House, method: str, path: str, body: Any
) -> None:
    before = contents(aurora)
    theirs = bluefin.app.app

    response = owner(
        method, f"client-apps/{theirs.id}/{path.format(key=theirs.keys.get().pk)}", body
    )

    assert (response.status_code, response.json()["code"]) == (404, "app-not-found")
    assert contents(aurora) == before


@pytest.mark.usefixtures("unchanged")
def test_their_key_is_not_one_of_ours(owner: Api, aurora: House, bluefin: House) -> None:
    path = f"client-apps/{aurora.app.app.id}/keys/{bluefin.app.app.keys.get().pk}/"

    response = owner.delete(path)

    assert (response.status_code, response.json()["code"]) == (404, "app-key-not-found")


@pytest.mark.parametrize("query", ["", "?state=revoked"])
def test_nothing_of_theirs_and_nothing_of_the_portals_in_a_list(
    owner: Api, aurora: House, bluefin: House, query: str
) -> None:
    if query:
        ClientApp.objects.filter(tenant=bluefin.tenant).update(revoked_at="2026-01-01T00:00Z")

    found = owner.get(f"client-apps/{query}").json()["results"]

    assert {each["id"] for each in found} == ({str(aurora.app.app.id)} if not query else set())


@pytest.mark.usefixtures("unchanged")
def test_the_portals_app_is_out_of_reach(owner: Api, portal: Api) -> None:
    for method, body in (("GET", None), ("PATCH", {"name": "Mine"}), ("DELETE", None)):
        assert owner(method, f"client-apps/{portal.app.id}/", body).status_code == 404
    portal.app.refresh_from_db()
    assert (portal.app.name, portal.app.revoked_at) == ("Portal", None)


@pytest.mark.usefixtures("unchanged", "portal")
def test_a_forgotten_filter_shows_and_changes_only_ones_own(aurora: House) -> None:
    app = aurora.app.app
    with tenant_scope(aurora.tenant.id):
        assert list(ClientApp.objects.values_list("pk", flat=True)) == [app.pk]
        assert [key["app_id"] for key in AppKey.objects.values("app_id")] == [app.pk]
        assert execute("UPDATE client_apps_clientapp SET name = 'Mine'") == 1
        assert execute("UPDATE client_apps_appkey SET revoked_at = now()") == 1


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT digest FROM client_apps_appkey",
        "SELECT * FROM client_apps_appkey",
        "SELECT id FROM client_apps_appkey WHERE digest = 'x'",
        "SELECT id FROM client_apps_appkey ORDER BY digest",
        "SELECT k::text FROM client_apps_appkey k",
        "UPDATE client_apps_appkey SET revoked_at = now() RETURNING digest",
        "UPDATE client_apps_appkey SET digest = 'x'",
        "UPDATE client_apps_appkey SET app_id = app_id",
        "UPDATE client_apps_appkey SET last_used_at = now()",
        "UPDATE client_apps_clientapp SET kind = 'portal'",
        "UPDATE client_apps_clientapp SET tenant_id = tenant_id",
        "UPDATE client_apps_clientapp SET id = id",
        "DELETE FROM client_apps_appkey",
        "DELETE FROM client_apps_clientapp",
    ],
)
def test_what_a_tenant_never_reads_or_changes_is_denied(aurora: House, statement: str) -> None:
    before = contents(aurora)

    with (
        pytest.raises(DatabaseError, match="permission denied for table"),
        tenant_scope(aurora.tenant.id),
    ):
        execute(statement)

    assert contents(aurora) == before


@pytest.mark.usefixtures("unchanged")
def test_no_app_and_no_key_is_made_for_somebody_else(aurora: House, bluefin: House) -> None:
    theirs = IssuedKey.of(bluefin.app.app).row
    for row in (
        ClientApp(tenant=bluefin.tenant, name="Mine"),
        ClientApp(kind=Kind.PORTAL, name="Mine"),
        theirs,
    ):
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            tenant_scope(aurora.tenant.id),
        ):
            row.save(force_insert=True)


@pytest.mark.usefixtures("unchanged")
def test_a_key_points_to_an_app_of_its_own_tenant(aurora: House, bluefin: House) -> None:
    row = IssuedKey.of(bluefin.app.app).row
    row.tenant_id = aurora.tenant.id
    for scope in (tenant_scope(aurora.tenant.id), owner_scope()):
        with pytest.raises(IntegrityError, match="same_tenant"), transaction.atomic(), scope:
            row.save(force_insert=True)


def test_the_verbs_work_as_the_tenant_role(aurora: House) -> None:
    """Which may not read a digest, not even by a save that returns its row."""
    by = Actor.system()
    with tenant_scope(aurora.tenant.id):
        app = ClientApp(tenant_id=aurora.tenant.id, name="Website", scopes=["tenant.read"])
        issued = app.register(by=by)
        app.change(by=by, name="Web")
        rotated = app.rotate_key(by=by, overlap=timedelta(hours=1))
        app.issue_key(by=by)
        app.revoke_key(issued.row.pk, by=by)
    works = Api(app, rotated.text)
    assert works.get("tenant/").status_code == 200
    with tenant_scope(aurora.tenant.id):
        app.revoke(by=by)
    assert works.get("tenant/").status_code == 401


def test_another_tenants_app_is_not_revoked_by_a_stray_object(
    aurora: House, bluefin: House
) -> None:
    stray = bluefin.app.app
    new_key(stray)
    before = contents(bluefin)
    with pytest.raises(ClientApp.DoesNotExist), tenant_scope(aurora.tenant.id):
        stray.revoke(by=Actor.system())
    assert contents(bluefin) == before
