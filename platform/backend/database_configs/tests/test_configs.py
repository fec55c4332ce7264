"""Adding, reading, changing and deleting, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.encryption import decrypt
from backend.conftest import Api, House
from backend.database_configs.models import DatabaseConfig
from backend.database_configs.tests.authorities import Authority
from backend.database_configs.tests.conftest import PATH, VALUES, events, make, rows
from backend.database_configs.tests.servers import PASSWORD


def secret_of(house: House) -> str:
    (row,) = rows(house)
    return decrypt(row["secret"])


def fields_of(response: Any) -> dict[str, str]:
    assert response.status_code == 400, response.content
    return {each["field"]: each["code"] for each in response.json()["errors"]}


def test_it_is_added_unchecked_and_the_secret_stays_here(aurora: House, owner: Api) -> None:
    response = owner.post(PATH, VALUES)

    assert response.status_code == 201
    assert response["ETag"] == '"1"'
    body = response.json()
    assert body | {"id": "", "created_at": "", "updated_at": ""} == {
        "id": "",
        "name": "Till system",
        "engine": "postgresql",
        "host": "db.example.com",
        "port": 5432,
        "database": "restaurant",
        "user": "keeper",
        "has_secret": True,
        "tls_mode": "verify-full",
        "ca_certificate": "",
        "status": "unchecked",
        "version": 1,
        "created_at": "",
        "updated_at": "",
        "last_validation": None,
        "can": ["update", "delete", "validate"],
    }
    assert secret_of(aurora) == PASSWORD
    (event,) = events(aurora)
    assert (event.action, event.data) == ("database-config.created", {"host": "db.example.com"})
    assert (event.by_name, event.about_name) == ("Owner Trattoria Aurora", "Till system")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": ""}, {"name": "blank"}),
        ({"name": "x" * 101}, {"name": "max-length"}),
        ({"engine": "mysql"}, {"engine": "invalid-choice"}),
        ({"host": ""}, {"host": "blank"}),
        ({"host": "/var/run/postgresql"}, {"host": "path"}),
        ({"host": "a.example,b.example"}, {"host": "several"}),
        ({"host": "fe80::1%eth0"}, {"host": "zone"}),
        ({"host": "2130706433"}, {"host": "number"}),
        ({"host": "not a host"}, {"host": "syntax"}),
        ({"host": "10.0.0.7"}, {"host": "address-refused"}),
        ({"host": "169.254.169.254"}, {"host": "address-refused"}),
        ({"host": "::ffff:127.0.0.1"}, {"host": "address-refused"}),
        ({"port": 0}, {"port": "min-value"}),
        ({"port": 65536}, {"port": "max-value"}),
        ({"port": "x"}, {"port": "invalid"}),
        ({"database": ""}, {"database": "blank"}),
        ({"database": "ä" * 32}, {"database": "max-length"}),
        ({"user": "a\nb"}, {"user": "control"}),
        ({"user": "a\x00b"}, {"user": "control"}),
        ({"secret": ""}, {"secret": "blank"}),
        ({"secret": "x" * 501}, {"secret": "max-length"}),
        ({"secret": "a\x00b"}, {"secret": "null-characters-not-allowed"}),
        ({"tls_mode": "prefer"}, {"tls_mode": "invalid-choice"}),
        ({"tls_mode": "verify-ca"}, {"ca_certificate": "needed"}),
        ({"ca_certificate": "-----BEGIN CERTIFICATE-----"}, {"ca_certificate": "certificate"}),
        ({"ca_certificate": "x" * 20_001}, {"ca_certificate": "max-length"}),
        ({"service": "elsewhere"}, {"service": "unknown"}),
        ({"hostaddr": "127.0.0.1"}, {"hostaddr": "unknown"}),
    ],
)
def test_what_is_refused(aurora: House, owner: Api, changes: Any, expected: Any) -> None:
    assert fields_of(owner.post(PATH, VALUES | changes)) == expected
    assert rows(aurora) == []
    assert events(aurora) == []


@pytest.mark.parametrize("missing", [name for name in VALUES if name != "ca_certificate"])
def test_what_is_needed(aurora: House, owner: Api, missing: str) -> None:
    given = {name: value for name, value in VALUES.items() if name != missing}
    assert fields_of(owner.post(PATH, given)) == {missing: "required"}
    assert rows(aurora) == []


def test_certificates_are_kept_and_nothing_else(
    owner: Api, authority: Authority, tmp_path: Any
) -> None:
    _, key = authority.files("db.example.com")
    given = f"Bag attributes: x\n{authority.pem}\n{authority.pem}"
    added = owner.post(PATH, VALUES | {"tls_mode": "verify-ca", "ca_certificate": given}).json()
    assert added["ca_certificate"] == authority.pem * 2

    with_key = {"name": "B", "ca_certificate": authority.pem + key.read_text()}
    assert fields_of(owner.post(PATH, VALUES | with_key)) == {"ca_certificate": "private-key"}
    many = {"name": "B", "ca_certificate": authority.pem * 11}
    assert fields_of(owner.post(PATH, VALUES | many)) == {"ca_certificate": "too-many"}
    # What verifies by this authority alone can't do without it.
    gone = owner.patch(f"{PATH}{added['id']}/", {"ca_certificate": ""}, if_match="*")
    assert fields_of(gone) == {"ca_certificate": "needed"}


def test_a_secret_is_taken_as_it_is(aurora: House, owner: Api) -> None:
    secret = "  pass 'word' \\ ü\t"
    owner.post(PATH, VALUES | {"secret": secret})
    assert secret_of(aurora) == secret


def test_a_name_is_given_once_whatever_its_case(aurora: House, bluefin: House, owner: Api) -> None:
    make(bluefin, "Till system")
    first, second = make(aurora, "Till system"), make(aurora, "Reports")
    before = rows(aurora)

    assert fields_of(owner.post(PATH, VALUES | {"name": "TILL System"})) == {"name": "unique"}
    renamed = owner.patch(f"{PATH}{second.pk}/", {"name": "till system"}, if_match="*")
    assert fields_of(renamed) == {"name": "unique"}
    assert rows(aurora) == before
    # One may write one's own in another case.
    again = owner.patch(f"{PATH}{first.pk}/", {"name": "TILL SYSTEM"}, if_match="*")
    assert again.json()["name"] == "TILL SYSTEM"


def test_there_are_ten_at_most(aurora: House, bluefin: House, owner: Api) -> None:
    for number in range(9):
        make(aurora, f"Database {number}")
    make(bluefin)
    assert owner.get(PATH).json()["can"] == ["create"]
    assert owner.post(PATH, VALUES).status_code == 201

    refused = owner.post(PATH, VALUES | {"name": "One more"})

    assert (refused.status_code, refused.json()["code"]) == (409, "database-config-limit-reached")
    assert len(rows(aurora)) == 10
    assert owner.get(PATH).json()["can"] == []


def test_the_list_is_by_name_and_costs_the_same_however_long(aurora: House, owner: Api) -> None:
    def ask() -> tuple[list[str], int]:
        with CaptureQueriesContext(connection) as queries:
            found = owner.get(PATH).json()["results"]
        ours = [each for each in queries if "database_configs_" in each["sql"]]
        return [row["name"] for row in found], len(ours)

    make(aurora, "Reports")
    assert ask() == (["Reports"], 2)
    for name in ("Web shop", "Archive"):
        make(aurora, name)
    assert ask() == (["Archive", "Reports", "Web shop"], 2)


def test_a_change_counts_and_makes_it_unchecked(aurora: House, owner: Api) -> None:
    config = make(aurora)
    path = f"{PATH}{config.pk}/"

    response = owner.patch(path, {"user": "chef"}, if_match='"1"')

    assert response.status_code == 200
    assert (response["ETag"], response.json()["user"]) == ('"2"', "chef")
    (row,) = rows(aurora)
    assert (row["version"], row["connection_version"]) == (2, 2)
    assert secret_of(aurora) == PASSWORD
    # Another name is no other database.
    owner.patch(path, {"name": "Tills"}, if_match='"2"')
    (row,) = rows(aurora)
    assert (row["version"], row["connection_version"]) == (3, 2)


def test_what_says_the_same_changes_nothing(aurora: House, owner: Api) -> None:
    config = make(aurora)
    before = rows(aurora)
    same = {name: value for name, value in VALUES.items() if name != "secret"}

    response = owner.patch(f"{PATH}{config.pk}/", same, if_match='"1"')

    assert response["ETag"] == '"1"'
    assert rows(aurora) == before
    assert events(aurora) == []


def test_a_new_secret_takes_the_place_of_the_old_one(aurora: House, owner: Api) -> None:
    config = make(aurora)
    owner.patch(f"{PATH}{config.pk}/", {"secret": "another"}, if_match='"1"')

    assert secret_of(aurora) == "another"
    (event,) = events(aurora)
    assert event.action == "database-config.updated"
    assert event.data == {"host": "db.example.com", "fields": ["secret"]}


@pytest.mark.parametrize("moved", [{"host": "db2.example.com"}, {"port": 6432}])
def test_a_secret_doesnt_go_where_nobody_sent_it(aurora: House, owner: Api, moved: Any) -> None:
    config = make(aurora)
    before = rows(aurora)
    path = f"{PATH}{config.pk}/"

    refused = owner.patch(path, moved, if_match='"1"')

    assert fields_of(refused) == {"secret": "needed-again"}
    assert rows(aurora) == before
    allowed = owner.patch(path, moved | {"secret": PASSWORD}, if_match='"1"')
    assert allowed.status_code == 200


def test_only_what_was_seen_is_changed_or_deleted(aurora: House, owner: Api) -> None:
    config = make(aurora)
    before = rows(aurora)
    path = f"{PATH}{config.pk}/"
    for headers, status in (({}, 428), ({"if_match": '"2"'}, 412)):
        assert owner.patch(path, {"user": "chef"}, **headers).status_code == status
        assert owner.delete(path, **headers).status_code == status
    assert rows(aurora) == before


def test_it_is_deleted_and_remembered(aurora: House, owner: Api) -> None:
    config = make(aurora)
    path = f"{PATH}{config.pk}/"

    assert owner.delete(path, if_match='"1"').status_code == 204

    assert rows(aurora) == []
    assert [event.action for event in events(aurora)] == ["database-config.deleted"]
    assert owner.get(path).json()["code"] == "database-config-not-found"


@pytest.mark.parametrize("role", ["manager", "accountant", "waiter"])
def test_nobody_but_owners(aurora: House, visit: Callable[..., Api], role: str) -> None:
    config = make(aurora)
    before = rows(aurora)
    somebody = visit(aurora.person(role), aurora.tenant)
    path = f"{PATH}{config.pk}/"

    refused = [
        somebody.get(PATH),
        somebody.post(PATH, VALUES | {"name": "Mine"}),
        somebody.get(path),
        somebody.patch(path, {"name": "Mine"}, if_match="*"),
        somebody.delete(path, if_match="*"),
        somebody.post(f"{path}validation/"),
        somebody.get(f"{path}validations/"),
    ]

    assert {(each.status_code, each.json()["code"]) for each in refused} == {(403, "forbidden")}
    assert rows(aurora) == before


def test_an_app_looks_and_changes_nothing(aurora: House) -> None:
    config = make(aurora)
    found = aurora.app.get(PATH).json()
    assert [row["can"] for row in found["results"]] == [[]]
    assert found["can"] == []
    path = f"{PATH}{config.pk}/"
    assert aurora.app.get(path).status_code == 200
    for refused in (
        aurora.app.post(PATH, VALUES),
        aurora.app.patch(path, {"name": "Mine"}, if_match="*"),
        aurora.app.delete(path, if_match="*"),
        aurora.app.post(f"{path}validation/"),
    ):
        assert refused.status_code == 403
    assert len(rows(aurora)) == 1


def test_a_row_is_read_again_without_its_secret(aurora: House) -> None:
    config = make(aurora)
    with CaptureQueriesContext(connection) as queries:
        DatabaseConfig.objects.get(pk=config.pk).refresh_from_db()
    assert not any('"secret"' in query["sql"] for query in queries)
