from __future__ import annotations

import pytest

from portal.ui.tests.pages import read

PAGE = "/register/"
CALL = "POST tenants/"
FORM = {"name": "Caffè Luna", "country": "IT", "idempotency_key": "k1"}


def test_it_asks_for_a_name_and_a_country(owner, platform):
    page = read(owner.get(PAGE))

    assert set(page.forms[""]) == {"idempotency_key", "name", "country"}
    assert "Italy" in page.text
    assert platform.operations == ["GET countries/"]


def test_countries_are_sorted_in_the_visitors_language(waiter):
    text = read(waiter.get(PAGE)).text

    assert text.index("Deutschland") < text.index("Italien") < text.index("Österreich")


def test_it_registers_and_goes_on_to_the_details(owner, platform):
    response = owner.post(PAGE, FORM)

    assert response.status_code == 303
    assert response.headers["Location"] == (
        "/t/caffe-luna/onboarding/business/?notice=business-registered"
    )
    [call] = platform.asked(CALL)
    assert call.body == '{"name":"Caffè Luna","country":"IT"}'.encode()
    assert call.headers["Idempotency-Key"] == "k1"


@pytest.mark.parametrize(
    "form",
    [{**FORM, "name": ""}, {**FORM, "country": ""}, {**FORM, "country": "XX"}],
    ids=["no name", "no country", "an unknown country"],
)
def test_what_is_not_a_choice_is_not_sent(owner, platform, form):
    assert owner.post(PAGE, form).status_code == 422
    assert platform.asked(CALL) == []


def test_the_platforms_objections_stand_on_the_fields(owner, platform):
    platform.answers("tenants-create-invalid")

    response = owner.post(PAGE, FORM)

    assert response.status_code == 422
    assert "Businesses of this country can’t register yet." in read(response).text


def test_too_many_drafts_are_said(owner, platform):
    platform.answers("tenants-create-too-many")

    response = owner.post(PAGE, FORM)

    assert response.status_code == 422
    assert "wait to be set up already" in read(response).text


def test_nobody_in_particular_signs_in_first(visitor):
    response = visitor.get(PAGE)

    assert response.status_code == 303
    assert response.headers["Location"].startswith("/sign-in/?next=%2Fregister%2F")
