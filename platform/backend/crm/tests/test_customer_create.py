from __future__ import annotations

import pytest

from backend.crm.models import Customer, Tag
from backend.crm.models.tag import MOST_TAGS
from backend.crm.tests.conftest import make, rows

PATH = "crm/customers/"
FULL = {
    "name": "Dora Klein",
    "email": "dora@example.com",
    "phone": "+49 30 901820",
    "company": "Klein & Söhne",
    "language": "de",
    "birthday": "1984-11-27",
    "address": "Kastanienallee 12\n10435 Berlin",
    "tags": ["Regular", "VIP"],
}


def errors(response) -> list[tuple[str, str]]:
    assert response.status_code == 400, response.content
    assert response.json()["code"] == "invalid"
    return [(error["field"], error["code"]) for error in response.json()["errors"]]


def test_all_fields_are_kept(aurora, bluefin):
    response = aurora.app.post(PATH, FULL)

    assert response.status_code == 201
    reply = response.json()
    assert {name: reply[name] for name in FULL} == FULL
    assert reply["notes_count"] == 0
    assert reply["erased_at"] is None
    assert reply["can"] == ["update", "delete", "merge", "erase"]
    assert response["ETag"] == f'"{reply["version"]}"'
    assert aurora.app.get(f"{PATH}{reply['id']}/").json() == reply
    assert rows(bluefin) == []


def test_a_name_is_enough(aurora):
    reply = aurora.app.post(PATH, {"name": "Dora"}).json()
    assert [reply[name] for name in ("email", "phone", "company", "language", "address")] == [
        ""
    ] * 5
    assert reply["birthday"] is None
    assert reply["tags"] == []
    assert reply["version"] == 1


def test_input_is_tidied(aurora):
    reply = aurora.app.post(
        PATH,
        {
            "name": "  Dora \t Klein\n",
            "email": " Dora@Example.COM ",
            "birthday": "",
            "address": "Hall \r\nFloor 2\r\n",
            "tags": [" VIP ", "vip"],
        },
    ).json()
    assert reply["name"] == "Dora Klein"
    assert reply["email"] == "dora@example.com"
    assert reply["birthday"] is None
    assert reply["address"] == "Hall\nFloor 2"
    assert reply["tags"] == ["VIP"]


def test_families_may_share_an_address(aurora):
    for name in ("Dora", "Emil"):
        assert (
            aurora.app.post(PATH, {"name": name, "email": "klein@example.com"}).status_code == 201
        )
    assert len(rows(aurora)) == 2


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("name", "required")]),
        ({"name": ""}, [("name", "blank")]),
        ({"name": " \u200b\u2060"}, [("name", "blank")]),
        ({"name": None}, [("name", "null")]),
        ({"name": ["Dora"]}, [("name", "invalid")]),
        ({"name": "D" * 201}, [("name", "max-length")]),
        ({"name": "Dora\x07"}, [("name", "control")]),
        ({"name": "Dora", "nickname": "D"}, [("nickname", "unknown")]),
        ({"name": "Dora", "email": "dora"}, [("email", "invalid")]),
        ({"name": "Dora", "email": '"d@x"@example.com'}, [("email", "invalid")]),
        ({"name": "Dora", "email": "d" * 250 + "@example.com"}, [("email", "max-length")]),
        ({"name": "Dora", "phone": "1" * 41}, [("phone", "max-length")]),
        ({"name": "Dora", "language": "German"}, [("language", "invalid")]),
        ({"name": "Dora", "birthday": "27.11.1984"}, [("birthday", "invalid")]),
        ({"name": "Dora", "birthday": "1899-12-31"}, [("birthday", "early")]),
        ({"name": "Dora", "birthday": "2099-01-01"}, [("birthday", "future")]),
        ({"name": "Dora", "birthday": 19841127}, [("birthday", "invalid")]),
        ({"name": "Dora", "address": "x" * 501}, [("address", "max-length")]),
        ({"name": "Dora", "tags": "VIP"}, [("tags", "not-a-list")]),
        ({"name": "Dora", "tags": [""]}, [("tags.0", "blank")]),
        ({"name": "Dora", "tags": ["a|b"]}, [("tags", "bar")]),
        ({"name": "Dora", "tags": ["x" * 41]}, [("tags.0", "max-length")]),
        ({"name": "Dora", "tags": [str(n) for n in range(21)]}, [("tags", "max-length")]),
        ([], [("", "invalid")]),
    ],
)
def test_nonsense_is_refused_by_field(aurora, body, expected):
    assert errors(aurora.app.post(PATH, body)) == expected
    assert rows(aurora) == []


def test_a_null_character_is_refused(aurora):
    response = aurora.app.post(PATH, {"name": "Dora\x00"})
    assert response.status_code == 400
    assert rows(aurora) == []


def test_a_tag_keeps_its_first_spelling(aurora):
    make(aurora, tags=["VIP"])
    reply = aurora.app.post(PATH, {"name": "Dora", "tags": ["vip", "Presse", "presse"]}).json()
    assert reply["tags"] == ["Presse", "VIP"]
    assert len(rows(aurora, Tag)) == 2


def test_there_is_an_end_to_different_tags(aurora, bluefin):
    for start in range(0, MOST_TAGS, 20):
        make(aurora, tags=[f"Tag {number}" for number in range(start, start + 20)])
    before = len(rows(aurora))

    response = aurora.app.post(PATH, {"name": "Dora", "tags": ["One more"]})

    assert response.status_code == 409
    assert response.json()["code"] == "tag-limit-reached"
    assert len(rows(aurora)) == before
    assert aurora.app.post(PATH, {"name": "Dora", "tags": ["tag 7"]}).status_code == 201
    assert bluefin.app.post(PATH, {"name": "Dora", "tags": ["One more"]}).status_code == 201


@pytest.mark.parametrize("role", ["accountant"])
def test_who_may_not_create_creates_nothing(aurora, visit, role):
    response = visit(aurora.person(role), aurora.tenant).post(PATH, {"name": "Dora"})
    assert response.status_code == 403
    assert response.json()["code"] == "forbidden"
    assert rows(aurora) == []


def test_the_same_key_adds_once(aurora):
    first = aurora.app.post(PATH, {"name": "Dora"}, idempotency_key="k1")
    second = aurora.app.post(PATH, {"name": "Dora"}, idempotency_key="k1")
    assert second.json() == first.json()
    assert second["ETag"] == first["ETag"]
    assert len(rows(aurora)) == 1


def test_the_tenant_can_not_be_given(aurora, bluefin):
    response = aurora.app.post(PATH, {"name": "Dora", "tenant_id": str(bluefin.tenant.id)})
    assert errors(response) == [("tenant_id", "unknown")]
    assert rows(aurora, Customer) == rows(bluefin, Customer) == []


@pytest.mark.parametrize("field", ["name", "address", "tags"])
def test_a_text_far_too_long_is_refused_before_it_is_normalised(aurora, monkeypatch, field):
    """Marks in disorder take the square of their number: a megabyte of them, minutes."""
    seen: list[int] = []
    monkeypatch.setattr(
        "backend.common.api.fields.unicodedata.normalize",
        lambda form, text: seen.append(len(text)) or text,
    )
    endless = "a" + "\u0301\u0323" * 5000
    response = aurora.app.post(
        PATH, {"name": "Dora", field: [endless] if field == "tags" else endless}
    )
    assert [code for _, code in errors(response)] == ["max-length"]
    assert max(seen, default=0) < 100
    assert rows(aurora) == []


def test_decomposed_letters_count_as_what_they_make(aurora):
    reply = aurora.app.post(PATH, {"name": "e\u0301" * 200}).json()
    assert reply["name"] == "é" * 200


def test_too_many_tags_are_one_error(aurora):
    """One for each that is wrong would make fifty megabytes of two."""
    response = aurora.app.post(PATH, {"name": "Dora", "tags": [[]] * 21})
    assert errors(response) == [("tags", "max-length")]
    assert rows(aurora) == []
