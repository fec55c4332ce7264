from __future__ import annotations

import json

import pytest

from portal.api_client.tests.fake_platform import response_of
from portal.ui.tests.pages import read

PAGE = "/t/aurora/settings/"
UPDATE = "PATCH tenant/"
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def form(owner):
    """As the page shows it."""
    return read(owner.get(PAGE)).forms[""]


def test_the_details_are_there_to_be_changed(owner, platform):
    page = read(owner.get(PAGE))

    assert page.forms[""]["legal_name"] == "Aurora Ristorazione S.r.l."
    assert page.forms[""]["vat_id"] == "IT00743110157"
    assert "Meals and drinks 10%" in page.text
    assert platform.operations == ["GET tenant/"]


def test_what_is_fixed_is_shown_and_explained(owner, form):
    text = read(owner.get(PAGE)).text

    assert not {"country", "currency"} & set(form)
    assert "Country Italy" in text
    assert "Currency Euro (EUR)" in text
    assert "Fixed since the business was set up" in text


def test_changes_are_saved(owner, platform, form):
    response = owner.post(PAGE, {**form, "city": "Ostia"})

    assert response.headers["Location"] == f"{PAGE}?notice=business-saved"
    [call] = platform.asked(UPDATE)
    sent = json.loads(call.body)
    assert sent["city"] == "Ostia"
    assert set(sent) == {
        "name", "legal_name", "street", "postcode", "city", "vat_id", "time_zone", "language",
    }  # fmt: skip
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]


def test_a_wrong_vat_id_is_said_on_its_field(owner, platform, form):
    problem = response_of("tenant-update-invalid")
    errors = [{"field": "vat_id", "code": "vat-id", "detail": "As said."}]
    platform.answer(UPDATE, status=400, response={**problem, "errors": errors})

    response = owner.post(PAGE, {**form, "vat_id": "IT1"})

    assert response.status_code == 422
    page = read(response)
    assert "This isn’t how VAT ids of your country look." in page.text
    assert page.forms[""]["vat_id"] == "IT1"


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"street": " "}, {"time_zone": "Mars/Olympus"}], ids=str
)
def test_what_cannot_be_right_is_not_sent(owner, platform, form, wrong):
    assert owner.post(PAGE, form | wrong).status_code == 422
    assert platform.asked(UPDATE) == []


def test_what_was_typed_is_only_text(owner, form):
    response = owner.post(PAGE, {**form, "city": "", "name": HOSTILE})

    assert "<script>alert" not in response.content.decode()
    assert read(response).forms[""]["name"] == HOSTILE


@pytest.mark.parametrize("named", ["suspended", "archived"])
def test_who_may_change_nothing_reads_the_details(owner, state, named):
    state(named)

    page = read(owner.get(PAGE))

    assert "legal_name" not in page.forms.get("", {})
    assert "Company Aurora Ristorazione S.r.l." in page.text
    assert "Language English" in page.text


def test_and_sends_none(owner, platform, form):
    platform.answers("tenant-retrieve-suspended")

    assert owner.post(PAGE, form).status_code == 403
    assert platform.asked(UPDATE) == []


def test_while_read_only_there_is_no_form(owner, read_only):
    page = read(owner.get(PAGE))

    assert page.forms == {}
    assert "Language English" in page.text


def test_it_speaks_german(waiter):
    text = read(waiter.get("/t/bluefin/settings/")).text

    assert "Land und Währung" in text
    assert "Währung Euro (EUR)" in text


def test_another_ones_business_is_not_there(waiter):
    assert waiter.get(PAGE).status_code == 404
