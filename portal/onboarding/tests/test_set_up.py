from __future__ import annotations

import pytest

from portal.api_client.tests.fake_platform import response_of
from portal.ui.tests.pages import read

ONBOARDING = "/t/aurora/onboarding/"
UPDATE = "PATCH tenant/"
START = "POST tenant/provisioning/"
COMPANY = {
    "name": "Trattoria Aurora",
    "legal_name": "Aurora S.r.l.",
    "street": "Via 1",
    "postcode": "00165",
    "city": "Roma",
}
MONEY = {"currency": "EUR", "time_zone": "Europe/Rome", "language": "en", "vat_id": ""}


@pytest.fixture
def draft(platform):
    platform.answers("tenant-retrieve-draft")


def without_address():
    return {**response_of("tenant-retrieve-draft"), "street": ""}


@pytest.mark.parametrize(
    ("business", "goes_on"),
    [
        (response_of("tenant-retrieve-draft"), "review/"),
        (without_address(), "business/"),
        (response_of("tenant-retrieve-provisioning"), "progress/"),
        (response_of("tenant-retrieve"), "progress/"),
    ],
    ids=["all is said", "no address", "being set up", "open"],
)
def test_it_goes_on_where_one_left_off(owner, platform, business, goes_on):
    platform.answer("GET tenant/", response=business)

    response = owner.get(ONBOARDING)

    assert response.headers["Location"] == f"{ONBOARDING}{goes_on}"


def test_what_was_said_before_stands_in_the_form(owner, draft):
    page = read(owner.get(f"{ONBOARDING}business/"))

    assert page.forms[""]["legal_name"] == "Aurora Ristorazione S.r.l."
    assert "Italy" in page.text


def test_the_company_is_kept_and_money_comes_next(owner, platform, draft):
    response = owner.post(f"{ONBOARDING}business/", COMPANY)

    assert response.headers["Location"] == f"{ONBOARDING}money/"
    [call] = platform.asked(UPDATE)
    assert b'"legal_name":"Aurora S.r.l."' in call.body


def test_money_is_as_usual_in_the_country(owner, draft):
    page = read(owner.get(f"{ONBOARDING}money/"))

    assert page.forms[""]["currency"] == "EUR"
    assert page.forms[""]["time_zone"] == "Europe/Rome"
    assert "Such as IT" in page.text


def test_a_wrong_vat_id_is_said_on_its_field(owner, platform, draft):
    platform.answer(
        UPDATE,
        status=400,
        response={
            **response_of("tenant-update-invalid"),
            "errors": [{"field": "vat_id", "code": "vat-id", "detail": "As said."}],
        },
    )

    response = owner.post(f"{ONBOARDING}money/", {**MONEY, "vat_id": "IT1"})

    assert response.status_code == 422
    assert "This isn’t how VAT ids of your country look." in read(response).text


def test_everything_is_shown_before_it_starts(owner, draft, platform):
    page = read(owner.get(f"{ONBOARDING}review/"))

    for said in ("Aurora Ristorazione S.r.l.", "Via della Lungara 12", "Euro (EUR)", "Rome"):
        assert said in page.text
    assert platform.asked(START) == []


def test_it_starts_once_however_often_it_is_pressed(owner, platform, draft):
    for _ in range(2):
        response = owner.post(f"{ONBOARDING}review/", {"idempotency_key": "once"})

    assert response.headers["Location"] == f"{ONBOARDING}progress/"
    assert {call.headers["Idempotency-Key"] for call in platform.asked(START)} == {"once"}


@pytest.mark.parametrize(
    ("answer", "goes_on"),
    [
        ("tenant-provisioning-details-missing", "business/?notice=details-missing"),
        ("tenant-provisioning-already-running", "progress/"),
    ],
)
def test_what_stands_in_the_way_leads_there(owner, platform, draft, answer, goes_on):
    platform.answers(answer)

    response = owner.post(f"{ONBOARDING}review/", {"idempotency_key": "once"})

    assert response.headers["Location"] == f"{ONBOARDING}{goes_on}"


@pytest.mark.parametrize("page", ["business/", "money/", "review/"])
def test_a_business_that_is_no_draft_is_past_these_pages(owner, page):
    assert owner.get(f"{ONBOARDING}{page}").headers["Location"] == f"{ONBOARDING}progress/"


class TestProgress:
    PAGE = f"{ONBOARDING}progress/"

    def test_it_looks_again_by_itself_while_it_goes_on(self, owner, platform):
        platform.answers("tenant-provisioning-running")

        response = owner.get(self.PAGE)

        assert response.headers["Refresh"] == "2"
        page = read(response)
        assert "We’re on it." in page.text
        assert "A place for your data (Done)" in page.text
        assert "Everything in it is ready and protected (Now)" in page.text
        assert page.links["Look now"] == self.PAGE
        assert platform.operations == ["GET tenant/provisioning/"]

    def test_once_open_it_leads_to_the_overview(self, owner, platform):
        platform.answers("tenant-provisioning-done")

        response = owner.get(self.PAGE)

        assert "Refresh" not in response.headers
        assert read(response).links["Go to the overview"] == "/t/aurora/"

    def test_a_failure_says_why_and_whose_turn_it_is(self, owner, platform):
        platform.answers("tenant-provisioning-failed")

        response = owner.get(self.PAGE)

        assert "Refresh" not in response.headers
        page = read(response)
        assert "The set-up has stopped" in page.text
        assert "The database didn’t answer as it should." in page.text
        assert "It’s your turn." in page.text
        assert "A place for your data (Failed)" in page.text

    def test_it_can_be_tried_again(self, owner, platform):
        platform.answers("tenant-provisioning-failed")

        response = owner.post(self.PAGE, {"idempotency_key": "again"})

        assert response.headers["Location"] == self.PAGE
        assert len(platform.asked(START)) == 1

    def test_where_support_has_to_look_it_says_so(self, owner, platform):
        platform.answers("tenant-provisioning-failed-support")

        text = read(owner.get(self.PAGE)).text

        assert "Our support has to look at it" in text
        assert "It’s your turn." not in text

    def test_a_draft_has_no_progress_yet(self, owner, platform):
        platform.answers("tenant-provisioning-not-started")

        assert owner.get(self.PAGE).headers["Location"] == ONBOARDING


def test_the_steps_speak_german(waiter, platform):
    platform.answers("tenant-provisioning-running")

    text = read(waiter.get("/t/bluefin/onboarding/progress/")).text

    assert "Ein Platz für Ihre Daten (Fertig)" in text
