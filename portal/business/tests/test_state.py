from __future__ import annotations

import pytest
from django.urls import reverse

from portal.api_client.tests import fake_platform
from portal.api_client.tests.fake_platform import response_of
from portal.business.words import POSSIBLE
from portal.crm.tests.cast import problem
from portal.ui.tests.pages import read

PAGE = "/t/aurora/settings/state/"
FORBIDDEN = {"type": "about:blank", "title": "No", "status": 403, "code": "tenant-state"}
BILLING = "GET billing/"
HOSTILE = '"><script>alert(1)</script>'


def test_the_reason_of_a_suspension_is_there_to_read(owner, platform, state):
    state("suspended")
    platform.answers("billing-retrieve-nothing")

    text = read(owner.get(PAGE)).text

    assert "This business is suspended" in text
    assert "Reason The card of the last three invoices was declined." in text
    assert "Who acts next Our support" in text
    assert "For now you can look at everything, but add and change nothing." in text


def test_so_is_how_it_came_there(owner, platform):
    text = read(owner.get(PAGE)).text

    assert "Sam Taylor The invoices were paid." in text
    assert sorted(platform.operations) == [BILLING, "GET tenant/", "GET tenant/transitions/"]


def test_who_owes_is_led_to_paying(owner, platform, state):
    state("suspended")
    owing = response_of("tenant-retrieve-suspended") | {"next_actor": "you"}
    platform.answer("GET tenant/", response=owing)

    page = read(owner.get(PAGE))

    assert "€38.00 is overdue" in page.text
    assert "it opens again by itself as soon as it is paid" in page.text
    assert "Who acts next You" in page.text
    assert page.links["Pay all that is due"] == "/t/aurora/billing/pay/"


def test_who_is_suspended_for_something_else_turns_to_support(owner, state):
    state("suspended")

    assert "Who acts next Our support" in read(owner.get(PAGE)).text


def test_who_may_not_pay_reads_who_can(waiter, platform):
    owing = response_of("tenant-retrieve-suspended") | {"next_actor": "you"}
    platform.answer("GET tenant/", response=owing)

    text = read(waiter.get("/t/bluefin/settings/state/")).text

    assert "Wer als Nächstes handelt Die sich um das Geld kümmern" in text


def test_while_it_is_open_nothing_is_said_of_that(owner):
    page = read(owner.get(PAGE))

    assert "is overdue" not in page.text
    assert "Pay all that is due" not in page.links


def test_who_may_not_see_money_sees_the_state(owner, platform, state):
    state("suspended")
    platform.answer(BILLING, status=403, response=problem(403, "forbidden"))

    text = read(owner.get(PAGE)).text

    assert "Who acts next Our support" in text
    assert "is overdue" not in text


def test_older_changes_are_on_further_pages(owner, platform):
    first = response_of("tenant-transitions-list")
    platform.answer("GET tenant/transitions/", response={**first, "next_cursor": "older"})

    link = read(owner.get(PAGE)).links["Next"]
    owner.get(PAGE + link)

    assert link == "?cursor=older"
    assert platform.asked("GET tenant/transitions/")[1].query == {"cursor": "older"}


def test_what_is_possible_still_is_one_press_away(owner, state):
    state("suspended")

    links = read(owner.get(PAGE)).links

    assert links["Export everything it owns"] == "/t/aurora/settings/export/"
    assert links["Look at the customers"] == "/t/aurora/customers/"
    assert links["See its details"] == "/t/aurora/settings/"
    assert "See what happened" not in links


@pytest.mark.parametrize("shut", ["suspended", "archived"])
def test_who_may_not_know_why_reads_whom_to_ask(owner, state, platform, monkeypatch, shut):
    state(shut)
    monkeypatch.setitem(fake_platform.ABILITIES, "owner", ["tenant.read"])
    untold = {**response_of(f"tenant-retrieve-{shut}"), "state_reason": ""}
    platform.answer("GET tenant/", response=untold)

    page = read(owner.get(PAGE))

    assert "Reason Whoever runs the business can see why." in page.text


def test_of_an_open_business_there_is_no_reason_to_ask_for(owner, platform, monkeypatch):
    monkeypatch.setitem(fake_platform.ABILITIES, "owner", ["tenant.read"])
    open_one = {**response_of("tenant-retrieve"), "state_reason": ""}
    platform.answer("GET tenant/", response=open_one)

    assert "can see why" not in read(owner.get(PAGE)).text


def test_its_details_stay_a_tab_of_the_settings(owner, state):
    state("suspended")

    page = read(owner.get("/t/aurora/settings/"))

    assert page.links["Business"] == "/t/aurora/settings/"
    assert "" not in page.forms


def test_of_a_closed_business_the_export_is_left(owner, state):
    state("archived")

    links = read(owner.get(PAGE)).links

    assert links["Export everything it owns"] == "/t/aurora/settings/export/"
    assert links["State"] == PAGE
    assert not {"Overview", "Customers", "Look at the customers"} & set(links)


def test_every_way_leads_somewhere():
    for each in POSSIBLE:
        assert reverse(each.url_name, args=["aurora"]).startswith("/t/aurora/")


@pytest.mark.parametrize("named", ["draft", "provisioning"])
def test_one_that_is_not_open_yet_leads_on_with_the_set_up(owner, platform, named):
    platform.answers(f"tenant-retrieve-{named}")

    assert read(owner.get(PAGE)).links["Go on with the set-up"] == "/t/aurora/onboarding/"


def test_an_open_one_has_nothing_to_explain(owner):
    page = read(owner.get(PAGE))

    assert "This business is open" in page.text
    assert "What is possible" not in page.text
    assert page.links["Settings"] == "/t/aurora/settings/"


def test_a_reason_is_only_text(owner, platform):
    suspended = response_of("tenant-retrieve-suspended")
    platform.answer("GET tenant/", response={**suspended, "state_reason": HOSTILE})

    response = owner.get(PAGE)

    assert "<script>alert" not in response.content.decode()
    assert HOSTILE in read(response).text


def test_a_state_of_a_newer_platform_is_shown_as_it_is(owner, platform):
    platform.answer("GET tenant/", response={**response_of("tenant-retrieve"), "state": "dormant"})

    assert "dormant" in read(owner.get(PAGE)).text


def test_it_speaks_german(waiter, platform):
    platform.answers("tenant-retrieve-suspended")

    assert "Dieser Betrieb ist ausgesetzt" in read(waiter.get("/t/bluefin/settings/state/")).text


def test_another_ones_business_is_not_there(waiter):
    assert waiter.get(PAGE).status_code == 404


class TestWhatTheStateForbids:
    @pytest.mark.parametrize(
        ("named", "leads_to"),
        [
            ("draft", "/t/aurora/onboarding/"),
            ("provisioning", "/t/aurora/onboarding/"),
            ("suspended", f"{PAGE}?notice=state-forbids"),
            ("archived", PAGE),
        ],
    )
    def test_it_leads_to_where_it_is_explained(self, owner, platform, state, named, leads_to):
        state(named)
        platform.answer("GET reports/dashboard/", status=403, response=FORBIDDEN)

        response = owner.get("/t/aurora/")

        assert response.status_code == 303
        assert response.headers["Location"] == leads_to

    def test_so_does_what_is_sent(self, owner, platform, state):
        form = read(owner.get("/t/aurora/customers/new/")).forms[""]
        state("suspended")
        platform.answer("POST crm/customers/", status=403, response=FORBIDDEN)

        response = owner.post("/t/aurora/customers/new/", {**form, "name": "Anna"})

        assert response.headers["Location"] == f"{PAGE}?notice=state-forbids"

    def test_and_a_form_that_one_may_not_have(self, owner, state):
        state("suspended")

        response = owner.get("/t/aurora/customers/new/")

        assert response.headers["Location"] == f"{PAGE}?notice=state-forbids"

    def test_what_the_role_forbids_is_not_blamed_on_it(self, owner, platform, state):
        state("suspended")
        role = {**FORBIDDEN, "code": "forbidden"}
        platform.answer("GET reports/dashboard/", status=403, response=role)

        assert owner.get("/t/aurora/").status_code == 403

    def test_the_page_that_explains_it_never_leads_to_itself(self, owner, platform, state):
        state("suspended")
        platform.answer("GET tenant/", status=403, response=FORBIDDEN)

        assert owner.get(PAGE).status_code == 403


class TestTheFrame:
    @pytest.mark.parametrize(
        ("named", "says", "leads_to"),
        [
            ("suspended", "This business is suspended", ("See why", PAGE)),
            ("archived", "This business is closed", ("See why", PAGE)),
            (
                "provisioning",
                "This business isn’t open yet",
                ("Go on with the set-up", "/t/aurora/onboarding/"),
            ),
        ],
    )
    def test_every_page_says_that_the_business_is_not_open(
        self, owner, state, named, says, leads_to
    ):
        state(named)

        page = read(owner.get("/t/aurora/settings/"))

        assert says in page.text
        assert page.links[leads_to[0]] == leads_to[1]

    def test_an_open_business_says_nothing_of_the_kind(self, owner):
        assert "See why" not in read(owner.get("/t/aurora/customers/")).text

    def test_while_suspended_customers_are_there_to_look_at_only(self, owner, platform, state):
        state("suspended")
        customers = {**response_of("crm-customers-list"), "can": ["export"]}
        platform.answer("GET crm/customers/", response=customers)

        page = read(owner.get("/t/aurora/customers/"))

        assert "Bruno Rossi" in page.text
        assert page.links["Export as a file"]
        for gone in ("New customer", "Import"):
            assert gone not in page.links
