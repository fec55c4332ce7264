from __future__ import annotations

import json

import pytest

from portal.api_client.errors import Unreachable
from portal.api_client.tests import fake_platform
from portal.api_client.tests.fake_platform import response_of
from portal.ui.tests.pages import read

ONBOARDING = "/t/aurora/onboarding/"
UPDATE = "PATCH tenant/"
START = "POST tenant/provisioning/"
PAGES = ("business/", "money/", "people/", "review/")
COMPANY = {
    "name": "Trattoria Aurora",
    "legal_name": "Aurora S.r.l.",
    "street": "Via 1",
    "postcode": "00165",
    "city": "Roma",
    "country": "IT",
}
MONEY = {"currency": "EUR", "time_zone": "Europe/Rome", "language": "en", "vat_id": ""}
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def draft(platform):
    """Everything is said that has to be."""
    platform.answers("tenant-retrieve-draft", "tenant-provisioning-not-started")


@pytest.fixture
def empty_draft(platform):
    """Nothing but a name and a country."""
    blank = dict.fromkeys(("legal_name", "street", "postcode", "city", "vat_id"), "")
    platform.answer("GET tenant/", response={**response_of("tenant-retrieve-draft"), **blank})
    platform.answers("tenant-provisioning-blocked")


@pytest.fixture
def may_only_look(monkeypatch):
    """Giulia's abilities are those of a waiter."""
    monkeypatch.setitem(fake_platform.ABILITIES, "owner", ["tenant.read"])


def sent(platform):
    [call] = platform.asked(UPDATE)
    return json.loads(call.body)


@pytest.mark.parametrize(
    ("set_up", "goes_on"),
    [
        ("tenant-provisioning-blocked", "business/"),
        ("tenant-provisioning-not-started", "review/"),
        ("tenant-provisioning-waiting", "progress/"),
        ("tenant-provisioning-failed", "progress/"),
        ("tenant-provisioning-done", "progress/"),
    ],
)
def test_it_goes_on_where_one_left_off(owner, platform, set_up, goes_on):
    platform.answers(set_up)

    response = owner.get(ONBOARDING)

    assert response.status_code == 303
    assert response.headers["Location"] == f"{ONBOARDING}{goes_on}"
    assert platform.operations == ["GET tenant/provisioning/"]


def test_who_may_fill_in_nothing_waits_for_who_may(owner, platform, empty_draft, may_only_look):
    assert owner.get(ONBOARDING).headers["Location"] == f"{ONBOARDING}progress/"

    text = read(owner.get(f"{ONBOARDING}progress/")).text

    assert "An owner or a manager is filling in its details." in text


def test_nor_do_they_see_the_forms(owner, platform, monkeypatch, draft, may_only_look):
    platform.answer("GET tenant/", response={**response_of("tenant-retrieve-draft"), "can": []})

    response = owner.get(f"{ONBOARDING}business/")

    assert response.status_code == 403
    assert "legal_name" not in response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_business_that_is_no_draft_is_past_these_pages(owner, page):
    assert owner.get(f"{ONBOARDING}{page}").headers["Location"] == f"{ONBOARDING}progress/"


class TestSteps:
    def test_once_all_is_said_each_step_can_be_gone_to(self, owner, draft):
        links = read(owner.get(f"{ONBOARDING}business/")).links

        for label, page in (("2 Money and tax", "money/"), ("4 Review", "review/")):
            assert links[f"{label} (To come)"] == f"{ONBOARDING}{page}"

    def test_before_that_only_what_lies_behind(self, owner, empty_draft):
        links = read(owner.get(f"{ONBOARDING}money/")).links

        assert links["Business (Something is missing)"] == f"{ONBOARDING}business/"
        assert not any("Review" in label for label in links)

    def test_the_frame_leads_nowhere_else(self, owner, draft, monkeypatch):
        monkeypatch.setitem(
            fake_platform.TENANTS, "aurora", {**fake_platform.TENANTS["aurora"], "state": "draft"}
        )

        page = read(owner.get(f"{ONBOARDING}business/"))

        assert page.links["Set-up"] == ONBOARDING
        assert not {"Overview", "Customers", "Settings"} & set(page.links)
        assert "This business isn’t open yet" not in page.text


class TestBusiness:
    PAGE = f"{ONBOARDING}business/"

    def test_what_was_said_before_stands_in_the_form(self, owner, platform, draft):
        form = read(owner.get(self.PAGE)).forms[""]

        assert form["legal_name"] == "Aurora Ristorazione S.r.l."
        assert form["country"] == "IT"
        assert sorted(platform.operations) == [
            "GET countries/",
            "GET tenant/",
            "GET tenant/provisioning/",
        ]

    def test_it_is_kept_and_money_comes_next(self, owner, platform, draft):
        response = owner.post(self.PAGE, COMPANY)

        assert response.headers["Location"] == f"{ONBOARDING}money/"
        assert sent(platform) == COMPANY

    def test_with_another_country_goes_all_that_is_usual_there(self, owner, platform, draft):
        owner.post(self.PAGE, {**COMPANY, "country": "AT"})

        assert sent(platform) == {
            **COMPANY,
            "country": "AT",
            "currency": "EUR",
            "language": "de",
            "time_zone": "Europe/Vienna",
            "vat_id": "",
        }

    @pytest.mark.parametrize("name", COMPANY)
    def test_all_of_it_is_needed(self, owner, platform, draft, name):
        response = owner.post(self.PAGE, {**COMPANY, name: " "})

        assert response.status_code == 422
        assert platform.asked(UPDATE) == []

    def test_the_platforms_objections_stand_on_the_fields(self, owner, platform, draft):
        problem = response_of("tenant-update-invalid")
        errors = [{"field": "street", "code": "max-length", "detail": "x"}]
        platform.answer(UPDATE, status=400, response={**problem, "errors": errors})

        response = owner.post(self.PAGE, COMPANY)

        assert response.status_code == 422
        page = read(response)
        assert "This is too long." in page.text
        assert page.forms[""]["city"] == "Roma"

    def test_what_was_typed_is_only_text(self, owner, platform, draft):
        response = owner.post(self.PAGE, {**COMPANY, "city": "", "street": HOSTILE})

        assert "<script>alert" not in response.content.decode()
        assert read(response).forms[""]["street"] == HOSTILE

    def test_without_the_platform_there_is_a_page_that_says_so(self, owner, platform):
        platform.fails("GET tenant/", Unreachable())

        assert owner.get(self.PAGE).status_code == 503


class TestMoney:
    PAGE = f"{ONBOARDING}money/"

    def test_it_is_as_usual_in_the_country(self, owner, draft):
        page = read(owner.get(self.PAGE))

        assert page.forms[""]["currency"] == "EUR"
        assert page.forms[""]["time_zone"] == "Europe/Rome"
        assert "Such as IT" in page.text
        assert "This is usual in Italy." in page.text

    def test_it_is_kept_and_people_come_next(self, owner, platform, draft):
        response = owner.post(self.PAGE, {**MONEY, "vat_id": "IT 00743110157"})

        assert response.headers["Location"] == f"{ONBOARDING}people/"
        assert sent(platform) == {**MONEY, "vat_id": "IT 00743110157"}

    def test_a_wrong_vat_id_is_said_on_its_field(self, owner, platform, draft):
        problem = response_of("tenant-update-invalid")
        errors = [{"field": "vat_id", "code": "vat-id", "detail": "As said."}]
        platform.answer(UPDATE, status=400, response={**problem, "errors": errors})

        response = owner.post(self.PAGE, {**MONEY, "vat_id": "IT1"})

        assert response.status_code == 422
        page = read(response)
        assert "This isn’t how VAT ids of your country look." in page.text
        assert page.forms[""]["vat_id"] == "IT1"

    @pytest.mark.parametrize(
        "wrong",
        [{"currency": "XXX"}, {"time_zone": "Mars/Olympus"}, {"language": "tlh"}],
        ids=str,
    )
    def test_what_is_no_choice_is_not_sent(self, owner, platform, draft, wrong):
        assert owner.post(self.PAGE, {**MONEY, **wrong}).status_code == 422
        assert platform.asked(UPDATE) == []


class TestReview:
    PAGE = f"{ONBOARDING}review/"

    def test_everything_is_shown_before_it_starts(self, owner, draft, platform):
        text = read(owner.get(self.PAGE)).text

        for said in (
            "Company Aurora Ristorazione S.r.l.",
            "Street Via della Lungara 12",
            "Currency Euro (EUR)",
            "Time zone Rome",
            "Language English",
            "nina.keller@example.com Waiter",
        ):
            assert said in text
        assert platform.asked(START) == []

    def test_what_is_missing_is_named_and_nothing_can_start(self, owner, empty_draft):
        page = read(owner.get(self.PAGE))

        assert "The company’s name and address are needed" in page.text
        for name in ("Company", "Street", "Postcode", "City"):
            assert f"{name} Missing" in page.text
        assert "VAT id None" in page.text
        assert page.links["Fill in what is missing"] == f"{ONBOARDING}business/"
        assert "Set up my business" not in page.text

    def test_who_may_not_start_it_is_told_who_may(self, owner, platform, draft):
        set_up = response_of("tenant-provisioning-not-started")
        platform.answer("GET tenant/provisioning/", response={**set_up, "can": []})

        text = read(owner.get(self.PAGE)).text

        assert "An owner of the business can start its set-up." in text
        assert "Set up my business" not in text

    def test_it_starts_once_however_often_it_is_pressed(self, owner, platform, draft):
        for _ in range(2):
            response = owner.post(self.PAGE, {"idempotency_key": "once"})

        assert response.headers["Location"] == f"{ONBOARDING}progress/"
        assert {call.headers["Idempotency-Key"] for call in platform.asked(START)} == {"once"}

    @pytest.mark.parametrize(
        ("answer", "goes_on"),
        [
            ("tenant-provisioning-details-missing", "business/?notice=details-missing"),
            ("tenant-provisioning-already-running", "progress/"),
        ],
    )
    def test_what_stands_in_the_way_leads_there(self, owner, platform, draft, answer, goes_on):
        platform.answers(answer)

        response = owner.post(self.PAGE, {"idempotency_key": "once"})

        assert response.headers["Location"] == f"{ONBOARDING}{goes_on}"


@pytest.mark.parametrize("page", PAGES)
def test_while_read_only_the_pages_have_no_forms(owner, draft, read_only, page):
    response = owner.get(f"{ONBOARDING}{page}")

    assert response.status_code == 200
    assert "<form" not in response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_one_title_and_one_main_action(owner, draft, page):
    source = owner.get(f"{ONBOARDING}{page}").content.decode()

    assert source.count("<h1") == 1
    assert source.count("button--primary") == 1


@pytest.mark.parametrize("page", ["", *PAGES, "progress/"])
def test_another_ones_business_is_not_there(waiter, platform, page):
    assert waiter.get(f"{ONBOARDING}{page}").status_code == 404
    assert all(call.headers.get("X-Tenant") == "aurora" for call in platform.calls)
