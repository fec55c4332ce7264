"""What is in an archive: all of the tenant's own rows as they are, and nobody else's."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.common.actor import Actor
from backend.common.tenancy import owner_scope, tenant_scope
from backend.conftest import House
from backend.crm.models import Customer, CustomerMerge, CustomerNote
from backend.crm.tests.conftest import make, upload
from backend.exports.ownership import TENANTS, find_ownership
from backend.exports.reading import rows_of
from backend.exports.tests.conftest import Unpacked, made, query, unpacked
from backend.tenants.models import Member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def populated(aurora: House, bluefin: House) -> None:
    """Both houses have rows in each of the CRM's tables, of the same names and addresses."""
    for house in (aurora, bluefin):
        customer = make(
            house, "Maria Rossi", email="maria@example.com", tags=["VIP", house.tenant.slug]
        )
        path = f"crm/customers/{customer.id}/"
        house.app.post(f"{path}notes/", {"body": f"A secret of {house.tenant.slug}"})
        duplicate = make(house, f"Maria R. of {house.tenant.slug}")
        house.app.post(f"{path}merges/", {"duplicate_id": str(duplicate.id)})
        erased = make(house, "Gone")
        house.app.post(f"crm/customers/{erased.id}/erasure/", {"reason": "asked"})
        upload(house.app, f"name\nDave of {house.tenant.slug}\n")


def owned_rows(house: House) -> dict[str, list[Any]]:
    """Every row of the house, as the database's owner sees it, in the columns that are exported."""
    with tenant_scope(house.tenant.id):
        tables = find_ownership().tables
    found = {}
    for table in tables:
        columns = ", ".join(f'"{column}"' for column in table.columns)
        rows = query(
            f"SELECT row_to_json(r)::text FROM (SELECT {columns} FROM {table.name} "
            f"WHERE {table.owner} = %s ORDER BY id) AS r",
            house.tenant.id,
        )
        found[table.name] = [json.loads(row) for (row,) in rows]
    return found


def without_the_export_itself(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """It goes on while it is read."""
    return {
        name: each
        for name, each in rows.items()
        if not name.startswith("exports_") and name != "audit_auditevent"
    }


@pytest.mark.usefixtures("populated")
def test_every_row_of_the_house_is_in_its_archive(aurora: House) -> None:
    archive = unpacked(made(aurora))
    expected = owned_rows(aurora)
    assert {name for name, rows in expected.items() if rows} >= {
        "audit_auditevent", "client_apps_appkey", "client_apps_clientapp", "crm_customer",
        "crm_customererasure", "crm_customerimport", "crm_customermerge", "crm_customernote",
        "crm_customertag", "crm_tag", "exports_tenantexport", "tenants_member", "tenants_tenant",
        "tenants_tenanttransition",
    }  # fmt: skip
    for name, rows in without_the_export_itself(expected).items():
        assert archive.rows(name) == rows, name
    finished = [
        each for each in expected["audit_auditevent"] if each["action"] == "export.finished"
    ]
    assert archive.rows("audit_auditevent") + finished == expected["audit_auditevent"]


@pytest.mark.usefixtures("populated")
def test_nothing_of_another_house_is_in_it(aurora: House, bluefin: House) -> None:
    archive = unpacked(made(aurora))
    theirs = {str(row["id"]) for rows in owned_rows(bluefin).values() for row in rows} | {
        str(member.person_id) for member in bluefin.members.values()
    }
    for name, content in archive.files.items():
        text = content.decode()
        assert "bluefin" not in text, name
        assert "Blue Fin" not in text, name
        assert not [each for each in theirs if each in text], name
    for part in archive.manifest["files"]:
        if part["table"] and part["table"] != TENANTS:
            rows = archive.rows(part["table"])
            assert {row["tenant_id"] for row in rows} <= {str(aurora.tenant.id)}


@pytest.mark.usefixtures("populated")
def test_rows_that_name_another_house_bring_none_of_it_along(aurora: House, bluefin: House) -> None:
    """Ids without a constraint can point anywhere: what they point at stays where it is."""
    with tenant_scope(bluefin.tenant.id):
        victim = Customer.objects.for_tenant(bluefin.tenant.id).exclude(name="").first()
    with tenant_scope(aurora.tenant.id):
        CustomerMerge.objects.create(
            tenant_id=aurora.tenant.id,
            duplicate_id=victim.pk,
            survivor_id=bluefin.tenant.id,
            by_name="Forger",
        )
        CustomerNote.objects.create(
            tenant_id=aurora.tenant.id,
            customer_id=Customer.objects.for_tenant(aurora.tenant.id).values_list("pk").first()[0],
            author_name="Forger",
            body=f"tenant_id = '{bluefin.tenant.id}' OR 1=1; --",
        )
    archive = unpacked(made(aurora))
    [forged] = [row for row in archive.rows("crm_customermerge") if row["by_name"] == "Forger"]
    assert forged["duplicate_id"] == str(victim.pk)
    assert str(victim.pk) not in [row["id"] for row in archive.rows("crm_customer")]
    assert "bluefin" not in json.dumps(archive.rows("crm_customer"))
    assert [row["id"] for row in archive.rows(TENANTS)] == [str(aurora.tenant.id)]


def test_the_people_are_those_who_belong_to_the_house_now(aurora: House, bluefin: House) -> None:
    shared = Member.objects.create(
        tenant=aurora.tenant, person=bluefin.person("owner"), role="manager"
    )
    aurora.members["waiter"].revoke(by=Actor.system())
    archive = unpacked(made(aurora))
    expected = {
        str(member.person_id): (member.person.name, member.person.email)
        for member in (*aurora.members.values(), shared)
        if member.revoked_at is None
    }
    assert {row["id"]: (row["name"], row["email"]) for row in archive.rows("people")} == expected
    assert len(expected) == 4
    assert [set(row) for row in archive.rows("people")] == [{"id", "name", "email"}] * 4
    # That there was a fifth stays on record.
    assert len(archive.rows("tenants_member")) == 5


@pytest.mark.usefixtures("populated")
def test_no_key_and_no_digest_is_in_it(aurora: House) -> None:
    [(digest,)] = query(
        "SELECT digest FROM client_apps_appkey WHERE tenant_id = %s", aurora.tenant.id
    )
    [(password,)] = query(
        "SELECT password FROM accounts_person WHERE id = %s", aurora.person("owner").id
    )
    archive = unpacked(made(aurora))
    assert archive.rows("client_apps_appkey")[0]["shown"] == aurora.app.key[:10]
    for name, content in archive.files.items():
        for secret in (digest, aurora.app.key, password):
            assert not secret or secret.encode() not in content, name


@pytest.mark.usefixtures("populated")
def test_the_manifest_tells_what_is_in_each_file(aurora: House) -> None:
    export = made(aurora)
    archive = unpacked(export)
    manifest = archive.manifest
    assert manifest["format"] == "tavola-export"
    assert manifest["version"] == 1
    assert manifest["export"] == str(export.pk)
    assert manifest["tenant"] == {
        "id": str(aurora.tenant.id), "slug": "aurora", "name": "Trattoria Aurora",
    }  # fmt: skip
    assert manifest["made_at"].endswith("+00:00")
    for part in manifest["files"]:
        content = archive.files[part["file"]]
        assert part["bytes"] == len(content)
        assert part["rows"] == content.count(b"\n")
        assert part["sha256"] == hashlib.sha256(content).hexdigest()
        for line in content.decode().split("\n")[:-1]:
            assert list(json.loads(line)) == part["columns"]
    assert manifest["rows"] == sum(part["rows"] for part in manifest["files"]) == export.rows
    assert export.tables_done == export.tables_total == len(manifest["files"])
    assert {(each["table"], each["column"]) for each in manifest["left_out"]} >= {
        ("client_apps_appkey", "digest"), ("crm_customerterm", None), ("people", None),
    }  # fmt: skip
    assert all(each["why"] for each in manifest["left_out"])
    listed = {part["file"] for part in manifest["files"]}
    assert set(archive.files) == listed | {"README.txt", "manifest.json", "SHA256SUMS"}


def test_the_readme_is_for_people_of_both_languages(aurora: House) -> None:
    text = unpacked(made(aurora)).files["README.txt"].decode()
    assert "This archive holds everything that your business owns" in text
    assert "Dieses Archiv enthält alles, was Ihrem Betrieb" in text
    assert text.count("sha256sum --check SHA256SUMS") == 2


def test_anybody_can_check_it_with_sha256sum(aurora: House, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    for name, content in unpacked(made(aurora)).files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    command = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": OK\n") == len(list(folder.rglob("*.*")))
    (folder / "tables" / "crm_customer.ndjson").write_text("{}\n")
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 1


def test_the_sum_of_the_whole_is_that_of_the_stored_file(aurora: House) -> None:
    export = made(aurora)
    with default_storage.open(export.archive) as file:
        content = file.read()
    assert export.sha256 == hashlib.sha256(content).hexdigest()
    assert export.bytes == len(content)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
AWKWARD = st.sampled_from(["\\", "\\n", "\\\\N", "\\.", "\u2028\r\n\t", '"', "\x01\x7f"])


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(bodies=st.lists(st.builds("{}.{}".format, TEXT, TEXT | AWKWARD)))
def test_what_the_archive_says_is_what_the_row_was(aurora: House, bodies: list[str]) -> None:
    """Each line, given back to the database, is the same row again, to the last backslash."""
    with owner_scope():
        CustomerNote.objects.all().delete()
    customer = Customer.objects.filter(tenant=aurora.tenant).first() or make(aurora)
    with tenant_scope(aurora.tenant.id):
        CustomerNote.objects.bulk_create(
            CustomerNote(tenant_id=aurora.tenant.id, customer=customer, author_name="x", body=body)
            for body in bodies
        )
        lines = b"".join(_lines("crm_customernote", aurora))
    rows = [json.loads(line) for line in lines.decode().split("\n")[:-1]]
    assert [row["body"] for row in rows] == bodies
    same = query(
        "SELECT count(*) FROM json_populate_recordset(NULL::crm_customernote, %s) AS given "
        "JOIN crm_customernote AS stored ON stored.id = given.id AND stored = given",
        json.dumps(rows),
    )
    assert same == [(len(bodies),)]


def _lines(table: str, house: House) -> Any:
    [found] = [each for each in find_ownership().tables if each.name == table]
    return rows_of(found, house.tenant.id)


def test_every_kind_of_value_survives(aurora: House, populated: None) -> None:
    """Times, dates, lists, JSON, addresses, nulls: whole rows, given back to the database."""
    archive: Unpacked = unpacked(made(aurora))
    for part in archive.manifest["files"]:
        table = part["table"]
        if table is None or table.startswith("exports_"):
            continue
        names = ", ".join(f'"{column}"' for column in part["columns"])
        same = query(
            f"SELECT count(*) FROM (SELECT {names} FROM json_populate_recordset("
            f"NULL::{table}, %s)) AS given JOIN (SELECT {names} FROM {table}) AS stored "
            "ON stored.id = given.id AND stored = given",
            json.dumps(archive.rows(table)),
        )
        assert same == [(part["rows"],)], table
