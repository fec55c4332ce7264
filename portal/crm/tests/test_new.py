from __future__ import annotations

import msgspec
import pytest

from portal.api_client.tests import fake_platform
from portal.crm.tests.cast import HOSTILE, LIST, invalid, problem
from portal.ui.tests.pages import read

NEW = f"{LIST}new/"
CALL = "POST crm/customers/"
DORA = "01993d00-0000-7000-8000-000000000004"


def entered(owner, **values):
    return {**read(owner.get(NEW)).forms[""], "name": "Dora Klein", **values}


def test_the_form_costs_one_call_and_offers_known_tags(owner, platform):
    page = read(owner.get(NEW))

    assert platform.operations == ["GET crm/tags/"]
    assert "Used so far:" in page.text
    assert "VIP" in page.text


def test_it_makes_a_customer_and_shows_it(owner, platform):
    form = entered(
        owner,
        email="dora@example.com",
        birthday="1990-02-28",
        address="Hauptstraße 5\r\n10827 Berlin",
        language="de",
        tags=" VIP,, wine  club ,VIP",
    )

    response = owner.post(NEW, form)

    assert response.status_code == 303
    assert response.headers["Location"] == f"{LIST}{DORA}/?notice=customer-created"
    (call,) = platform.asked(CALL)
    assert msgspec.json.decode(call.body) == {
        "name": "Dora Klein",
        "company": "",
        "email": "dora@example.com",
        "phone": "",
        "address": "Hauptstraße 5\n10827 Berlin",
        "birthday": "1990-02-28",
        "language": "de",
        "tags": ["VIP", "wine club"],
    }


def test_no_birthday_is_none(owner, platform):
    owner.post(NEW, entered(owner))

    (call,) = platform.asked(CALL)
    assert msgspec.json.decode(call.body)["birthday"] is None


def test_sending_the_page_twice_is_one_command(owner, platform):
    form = entered(owner)

    owner.post(NEW, form)
    owner.post(NEW, form)

    keys = [call.headers["Idempotency-Key"] for call in platform.asked(CALL)]
    assert keys == [form["idempotency_key"]] * 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Please fill this in."),
        ("email", "dora@", "Enter a valid email address."),
        ("birthday", "28.02.1990", "Enter a valid date."),
        ("language", "klingon", "Select a valid choice"),
    ],
)
def test_what_cant_be_is_said_before_the_platform_is_asked(owner, platform, field, value, said):
    response = owner.post(NEW, entered(owner, company="Studio", **{field: value}))

    page = read(response)
    assert response.status_code == 422
    assert said in page.text
    assert page.forms[""]["company"] == "Studio"
    assert platform.asked(CALL) == []


@pytest.mark.parametrize(
    ("field", "code", "said"),
    [
        ("email", "invalid", "Please check this."),
        ("birthday", "future", "This day is still to come."),
        ("birthday", "early", "Nobody was born that long ago."),
        ("tags.1", "max-length", "This is too long."),
        ("tags", "bar", "A tag can’t contain a |."),
    ],
)
def test_what_the_platform_refuses_stays_on_its_field(owner, platform, field, code, said):
    platform.answer(CALL, status=400, response=invalid((field, code)))

    response = owner.post(NEW, entered(owner, tags="VIP, x|y"))

    source = response.content.decode()
    assert response.status_code == 422
    assert said in source
    assert f'id="id_{field.split(".")[0]}_error"' in source
    assert read(response).forms[""]["tags"] == "VIP, x|y"


def test_too_many_tags_are_said_on_the_form(owner, platform):
    platform.answer(CALL, status=409, response=problem(409, "tag-limit-reached"))

    response = owner.post(NEW, entered(owner))

    assert response.status_code == 422
    assert "There are already 200 different tags." in read(response).text


def test_many_faults_are_listed_above_the_form(owner, platform):
    response = owner.post(
        NEW, entered(owner, name="", email="x", birthday="y", idempotency_key="abc")
    )

    page = read(response)
    assert page.links["Name"] == "#id_name"
    assert page.links["Email"] == "#id_email"
    assert response.content.decode().count("autofocus") == 1


def test_hostile_input_comes_back_as_text(owner, platform):
    response = owner.post(NEW, entered(owner, name=HOSTILE, tags=HOSTILE, email=HOSTILE))

    assert "<script>alert" not in response.content.decode()
    assert read(response).forms[""]["name"] == HOSTILE


def test_who_may_not_isnt_shown_the_form(waiter, platform, monkeypatch):
    monkeypatch.setitem(fake_platform.ABILITIES, "waiter", ["customers.read"])

    response = waiter.get("/t/bluefin/customers/new/")

    assert response.status_code == 403
    assert 'name="email"' not in response.content.decode()
