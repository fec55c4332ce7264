"""The plans side by side, subscribing, and changing with the difference shown before."""

from __future__ import annotations

import msgspec
import pytest

from portal.api_client.tests import fake_platform
from portal.api_client.tests.fake_platform import response_of
from portal.crm.tests.cast import HOSTILE, problem
from portal.services.tests.cast import (
    CHANGE,
    GET,
    HOUSE,
    LIST,
    ONE,
    ORDER,
    PAGE,
    PAY,
    PLANS,
    QUOTE,
    service,
)  # fmt: skip
from portal.ui.tests.pages import read

CALL = "GET plans/"
SUBSCRIBE = f"{PLANS}house/"
MINUS = "\N{MINUS SIGN}"
TO_GROUP = f"{ONE}plan/?plan=group&interval=month"


@pytest.fixture
def subscribed(platform):
    platform.answer(GET, response=service())


def sent(platform, operation):
    (call,) = platform.asked(operation)
    return msgspec.json.decode(call.body)


def test_plans_stand_side_by_side_with_what_they_include(owner, platform):
    page = read(owner.get(PLANS))

    assert sorted(platform.operations) == [CALL, LIST]
    assert "Starter For one small restaurant that begins. €19.00 a month 5 people 1 app" in (
        page.text
    )
    assert "5,000 customers then €0.02 a month for each further one" in page.text
    assert "As many customers as you like" in page.text
    assert "House Your plan" in page.text
    assert page.links["Change to Group"] == f"{ONE}plan/?plan=group&interval=month"
    assert "Change to House" not in page.links


def test_add_ons_come_apart_and_are_added(owner, platform):
    page = read(owner.get(PLANS))

    assert page.text.index("Add-ons") < page.text.index("+ 5 people")
    assert "Extra people You have it" in page.text
    assert page.links["Add Extra people"] == f"{PLANS}extra-people/?interval=month"


def test_by_the_year_the_prices_are_others(owner, platform):
    page = read(owner.get(f"{PLANS}?interval=year"))

    assert "House Your plan" in page.text
    assert "€490.00 a year" in page.text
    assert page.links["Pay by the year"] == f"{ONE}plan/?plan=house&interval=year"
    assert page.links["Change to Group"].endswith("interval=year")
    assert page.links["Monthly"] == "?interval=month"


def test_an_add_on_is_changed_by_itself_and_not_the_plan(owner, platform):
    plans = response_of("plans-list")
    plans["results"][3]["can"] = ["switch"]
    mine = response_of("services-list")
    mine["results"][1] |= {"state": "active", "can": ["change-plan"]}
    platform.answer(CALL, response=plans)
    platform.answer(LIST, response=mine)

    page = read(owner.get(f"{PLANS}?interval=year"))

    assert f"{PAGE}{mine['results'][1]['id']}/plan/?plan=extra-people&interval=year" in (
        page.links.values()
    )


def test_without_a_plan_each_can_be_chosen(owner, platform):
    platform.answers("plans-list-unsubscribed", "services-list-empty")

    page = read(owner.get(PLANS))

    assert page.links["Choose House"] == f"{SUBSCRIBE}?interval=month"
    assert "Your plan" not in page.text
    assert "Add Extra people" not in page.links


def test_who_may_not_choose_is_told_who_may(owner, platform):
    plans = response_of("plans-list")
    for plan in plans["results"]:
        plan["can"] = []
    platform.answer(CALL, response=plans)

    page = read(owner.get(PLANS))

    assert "An owner of the business can choose or change the plan." in page.text
    assert not [label for label in page.links if label.startswith(("Change to", "Choose"))]


def test_in_a_suspended_business_nobody_is_sent_to_an_owner(owner, platform, monkeypatch):
    suspended = {**fake_platform.TENANTS["aurora"], "state": "suspended"}
    monkeypatch.setitem(fake_platform.TENANTS, "aurora", suspended)
    plans = response_of("plans-list")
    for plan in plans["results"]:
        plan["can"] = []
    platform.answer(CALL, response=plans)

    assert "An owner of the business" not in read(owner.get(PLANS)).text


@pytest.mark.parametrize(
    ("example", "said"),
    [
        ("services-list-planned", "Something is decided about your plan already"),
        ("service-order", "Your plan hasn’t begun yet"),
    ],
)
def test_what_stands_in_the_way_of_a_change_is_said(owner, platform, example, said):
    known = response_of(example)
    results = known["results"] if "results" in known else [known["service"]]
    platform.answer(LIST, response={"results": results, "usage": [], "can": []})

    page = read(owner.get(PLANS))

    assert said in page.text
    assert "Change to Group" not in page.links


def test_while_read_only_nothing_can_be_chosen(owner, platform, read_only):
    assert "Change to Group" not in read(owner.get(PLANS)).links


def test_subscribing_shows_the_price_first_and_costs_one_call(owner, platform):
    platform.answers("plans-list-unsubscribed")

    page = read(owner.get(f"{SUBSCRIBE}?interval=year"))

    assert platform.operations == [CALL]
    assert "Price without VAT €490.00 a year" in page.text
    assert "see the whole amount before you pay" in page.text
    assert page.forms[""]["interval"] == "year"


def test_then_it_leads_to_the_payment(owner, platform):
    platform.answers("plans-list-unsubscribed")
    form = read(owner.get(f"{SUBSCRIBE}?interval=month")).forms[""]

    response = owner.post(SUBSCRIBE, form)

    assert (response.status_code, response.headers["Location"]) == (
        303,
        f"{PAY}&notice=service-ordered",
    )
    assert sent(platform, ORDER) == {"plan": "house", "interval": "month"}
    (call,) = platform.asked(ORDER)
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]


def test_what_costs_nothing_begins_at_once(owner, platform):
    platform.answers("service-order-free")

    response = owner.post(SUBSCRIBE, {"interval": "month", "idempotency_key": "k"})

    assert response.headers["Location"] == f"{PAGE}?notice=service-begun"


@pytest.mark.parametrize(
    ("example", "said"),
    [
        ("service-order-already-subscribed", "You have this already."),
        ("service-order-plan-needed", "This comes on top of a plan."),
        ("service-order-seller-missing", "Please write to support"),
    ],
)
def test_what_the_platform_objects_to_stays_on_the_page(owner, platform, example, said):
    platform.answers("plans-list-unsubscribed", example)

    response = owner.post(SUBSCRIBE, {"interval": "month", "idempotency_key": "k"})

    assert response.status_code == 422
    page = read(response)
    assert said in page.text
    assert page.forms[""]["idempotency_key"] != "k"


@pytest.mark.parametrize("key", ["palace", "house"])
def test_what_cant_be_had_is_missing(owner, platform, key):
    plans = response_of("plans-list-unsubscribed")
    plans["results"][1]["prices"] = []
    platform.answer(CALL, response=plans)

    assert owner.get(f"{PLANS}{key}/").status_code == 404


def test_who_may_not_subscribe_is_turned_away(owner, monkeypatch):
    monkeypatch.setitem(fake_platform.ABILITIES, "owner", ["tenant.read", "services.read"])

    assert owner.get(SUBSCRIBE).status_code == 403


def test_who_goes_back_to_it_afterwards_reads_what_they_have(owner):
    assert owner.get(SUBSCRIBE).headers["Location"] == f"{PAGE}?notice=service-moved-on"


@pytest.mark.usefixtures("subscribed")
def test_the_difference_is_shown_before(owner, platform):
    page = read(owner.get(TO_GROUP))

    assert sorted(platform.operations) == [GET, QUOTE]
    (call,) = platform.asked(QUOTE)
    assert call.query == {"plan": "group", "interval": "month"}
    assert "Plan House Group" in page.text
    assert "Group, from today to 31 Mar 2026 €83.23" in page.text
    assert f"House, charged already and not used {MINUS}€31.61" in page.text
    assert "Difference €51.62 VAT €10.33 To pay now €61.95" in page.text
    assert "From 1 Apr 2026 on it is €129.00 a month" in page.text
    assert "From your credit" not in page.text


@pytest.mark.usefixtures("subscribed")
def test_credit_is_taken_off(owner, platform):
    platform.answers("service-plan-change-preview-credit")

    text = read(owner.get(TO_GROUP)).text

    assert f"From your credit {MINUS}€25.00 To pay now €36.95" in text


@pytest.mark.usefixtures("subscribed")
def test_a_year_is_a_new_period(owner, platform):
    platform.answers("service-plan-change-preview-yearly")

    text = read(owner.get(f"{ONE}plan/?plan=house&interval=year")).text

    assert "Plans Pay by the year" in text
    assert "House, a new period from today to 11 Mar 2027 €490.00" in text
    assert "€490.00 a year" in text
    assert "Above the limits" not in text


@pytest.mark.usefixtures("subscribed")
def test_what_the_month_had_above_its_limits_is_shown(owner, platform):
    yearly = response_of("service-plan-change-preview-yearly") | {"overage_minor": 100}
    platform.answer(QUOTE, response=yearly)

    text = read(owner.get(f"{ONE}plan/?plan=house&interval=year")).text

    assert "Above the limits until today €1.00 Difference" in text


@pytest.mark.usefixtures("subscribed")
def test_a_cheaper_one_comes_later_and_says_what_doesnt_fit(owner, platform):
    platform.answers("service-plan-change-preview-later")

    page = read(owner.get(f"{ONE}plan/?plan=starter&interval=month"))

    assert "You keep House until then. On 1 Apr 2026 it becomes Starter." in page.text
    assert "To pay now €0.00" in page.text
    assert "Customers: You have 5,312; included are 500 customers." in page.text
    assert "Change plan on 1 Apr 2026" in page.text


def test_by_the_month_again_comes_later(owner, platform):
    platform.answer(GET, response=service(interval="year", amount_minor=49000))
    later = response_of("service-plan-change-preview-later")
    later |= {"plan": {"key": "house", "name": "House"}, "exceeded": []}
    platform.answer(QUOTE, response=later)

    text = read(owner.get(f"{ONE}plan/?plan=house&interval=month")).text

    assert "Plans Pay by the month" in text
    assert "House goes on. From 1 Apr 2026 you pay for it in the new way." in text


@pytest.mark.usefixtures("subscribed")
def test_changing_does_what_was_shown(owner, platform):
    form = read(owner.get(TO_GROUP)).forms[f"{ONE}plan/"]

    response = owner.post(f"{ONE}plan/", form)

    assert response.headers["Location"] == f"{PAY}&notice=plan-changed-to-pay"
    assert sent(platform, CHANGE) == {"plan": "group", "interval": "month", "total_minor": 6195}
    (call,) = platform.asked(CHANGE)
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]


GIVEN = {"plan": "group", "interval": "month", "total_minor": "6195", "idempotency_key": "k"}


def test_what_is_to_come_is_only_noted(owner, platform):
    platform.answers("service-plan-change-later")

    response = owner.post(f"{ONE}plan/", GIVEN)

    assert response.headers["Location"] == f"{PAGE}?notice=plan-change-planned"


def test_paid_from_credit_it_needs_no_payment(owner, platform):
    changed = response_of("service-plan-change")
    changed["invoice"]["due_minor"] = 0
    platform.answer(CHANGE, response=changed)

    response = owner.post(f"{ONE}plan/", GIVEN)

    assert response.headers["Location"] == f"{PAGE}?notice=plan-changed"


@pytest.mark.usefixtures("subscribed")
def test_another_price_than_shown_is_shown_again(owner, platform):
    platform.answers("service-plan-change-quote-changed")
    newer = response_of("service-plan-change-preview") | {"total_minor": 5885}
    platform.answer(QUOTE, response=newer)

    response = owner.post(f"{ONE}plan/", GIVEN)

    assert response.status_code == 422
    page = read(response)
    assert "The difference isn’t what it was" in page.text
    form = page.forms[f"{ONE}plan/"]
    assert form["total_minor"] == "5885"
    assert form["idempotency_key"] != "k"


@pytest.mark.parametrize(
    "example", ["service-plan-change-planned-already", "service-plan-change-refused"]
)
def test_when_somebody_was_faster_the_page_shows_how_it_is(owner, platform, example):
    platform.answers(example)

    response = owner.post(f"{ONE}plan/", GIVEN)

    assert response.headers["Location"] == f"{PAGE}?notice=service-moved-on"


@pytest.mark.usefixtures("subscribed")
def test_the_very_same_plan_isnt_a_change(owner, platform):
    platform.answers("service-plan-change-preview-same-plan")

    assert owner.get(TO_GROUP).headers["Location"] == f"{PAGE}?notice=service-moved-on"


@pytest.mark.parametrize("query", ["", "?plan=group", "?plan=group&interval=week"])
def test_without_a_choice_one_chooses_first(owner, platform, query):
    response = owner.get(f"{ONE}plan/{query}")

    assert response.headers["Location"] == PLANS
    assert platform.calls == []


def test_who_may_not_change_it_is_turned_away(owner, platform, monkeypatch):
    monkeypatch.setitem(fake_platform.ABILITIES, "owner", ["tenant.read", "services.read"])
    platform.answer(GET, response=service(can=[]))

    assert owner.get(TO_GROUP).status_code == 403


def test_what_can_no_longer_be_changed_leads_to_how_it_is(owner, platform):
    platform.answer(GET, response=service(can=[]))

    assert owner.get(TO_GROUP).headers["Location"] == f"{PAGE}?notice=service-moved-on"


def test_a_conflict_of_another_kind_is_an_error_page(owner, platform):
    platform.answer(CHANGE, status=409, response=problem(409, "moon-phase"))

    assert owner.post(f"{ONE}plan/", GIVEN).status_code == 409


def test_what_stands_in_the_address_is_text(owner, platform):
    platform.answer(GET, response=service())
    platform.answer(QUOTE, response=response_of("service-plan-change-preview"))

    assert (
        HOSTILE
        not in owner.get(
            f"{PAGE}{HOUSE}/plan/", {"plan": HOSTILE, "interval": "month"}
        ).content.decode()
    )
