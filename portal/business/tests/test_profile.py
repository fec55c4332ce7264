from __future__ import annotations

import pytest

from portal.api_client.tests.fake_platform import response_of
from portal.ui.tests.pages import read

PAGE = "/t/aurora/settings/"
UPDATE = "PATCH tenant/"


def test_the_details_are_there_to_be_changed(owner, platform):
    page = read(owner.get(PAGE))

    assert page.forms[""]["legal_name"] == "Aurora Ristorazione S.r.l."
    assert page.forms[""]["vat_id"] == "IT00743110157"
    assert "Meals and drinks 10%" in page.text
    assert platform.operations == ["GET tenant/"]


def test_changes_are_saved(owner, platform):
    form = read(owner.get(PAGE)).forms[""]

    response = owner.post(PAGE, {**form, "city": "Ostia"})

    assert response.headers["Location"] == f"{PAGE}?notice=business-saved"
    [call] = platform.asked(UPDATE)
    assert b'"city":"Ostia"' in call.body
    assert b"country" not in call.body


@pytest.mark.parametrize("example", ["tenant-retrieve-suspended", "tenant-retrieve-archived"])
def test_who_may_change_nothing_sees_no_form(owner, platform, example):
    platform.answers(example)

    page = read(owner.get(PAGE))

    assert "legal_name" not in str(page.forms)
    assert "Aurora Ristorazione S.r.l." in page.text


def test_and_sends_none(owner, platform):
    form = read(owner.get(PAGE)).forms[""]
    platform.answer("GET tenant/", response=response_of("tenant-retrieve-suspended"))

    assert owner.post(PAGE, form).status_code == 403
    assert platform.asked(UPDATE) == []


def test_while_read_only_there_is_no_form(owner, read_only):
    assert "legal_name" not in str(read(owner.get(PAGE)).forms)
