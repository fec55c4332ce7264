"""What the business has subscribed to, and how much of it is used."""

from __future__ import annotations

import pytest

from portal.api_client.tests import fake_platform
from portal.api_client.tests.fake_platform import response_of
from portal.services.tests.cast import HOUSE, LIST, ONE, PAGE, PAY, PLANS, service, usage
from portal.ui.tests.pages import read


def listed(**members):
    return response_of("services-list") | members


def test_the_plan_is_told_with_its_price_and_what_comes(owner, platform):
    page = read(owner.get(PAGE))

    assert "Your plan House €49.00 a month plus VAT where it applies." in page.text
    assert "Renews on 1 Apr 2026." in page.text
    assert page.links["Details"] == ONE
    assert page.links["Change plan"] == PLANS
    assert platform.operations == [LIST]


def test_and_in_german(waiter, platform):
    text = " ".join(read(waiter.get("/t/bluefin/services/")).text.split())

    assert "49,00 € im Monat, gegebenenfalls zuzüglich USt." in text
    assert "Verlängert sich am 01.04.2026." in text


def test_add_ons_and_what_ended_are_listed_apart(owner, platform):
    page = read(owner.get(PAGE))

    addons = page.text.index("Add-ons All add-ons")
    ended = page.text.index("Ended Service")
    assert addons < page.text.index("Extra people") < ended < page.text.rindex("Starter")
    assert "€9.00 a month" in page.text[addons:ended]
    assert "Waits for its first payment" in page.text[addons:ended]
    assert "Ended on" in page.text[ended:]


@pytest.mark.parametrize(
    ("state", "invoice", "is_asked"),
    [
        ("pending", "01993f10-0000-7000-8000-000000000002", True),
        ("past_due", "01993f10-0000-7000-8000-000000000002", True),
        ("active", "01993f10-0000-7000-8000-000000000002", False),
        ("pending", None, False),
    ],
)
def test_an_add_on_that_waits_for_money_can_be_paid_from_here(
    owner, platform, state, invoice, is_asked
):
    due = {"id": invoice, "number": "2026-00040", "due_minor": 900, "due_on": "2026-04-01"}
    addon = service(
        plan={"key": "extra-people", "name": "Extra people", "is_addon": True},
        state=state,
        open_invoice=due if invoice else None,
    )
    platform.answer(LIST, response=listed(results=[addon]))

    links = read(owner.get(PAGE)).links

    assert (links.get("Pay") == PAY) == is_asked
    assert ("Pay" in links) == is_asked


def test_what_comes_is_what_was_decided(owner, platform):
    platform.answers("services-list-planned")

    text = read(owner.get(PAGE)).text

    assert "plus VAT where it applies. Becomes Starter on 1 Apr 2026." in text
    assert "Renews" not in text[: text.index("How much is used")]


def test_what_was_never_paid_never_began(owner, platform):
    taken_back = service(
        state="cancelled", period_start=None, period_end=None, ended_at="2026-03-02T10:00:00Z"
    )
    platform.answer(LIST, response=listed(results=[taken_back]))

    text = read(owner.get(PAGE)).text

    assert "It never began." in text
    assert "Ended on" not in text


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (usage("members", 9, 15), "People 9 of 15"),
        (usage("members", 12, 15), "12 of 15 Only 3 left."),
        (usage("members", 15, 15), "15 of 15 All of it is used: for more, choose a larger plan."),
        (usage("members", 15, 15, is_hard=False), "15 of 15 All of it is used."),
        (usage("members", 17, 15), "17 of 15 2 more than included: nothing can be added."),
        (
            usage("customers", 5312, 5000, is_hard=False, overage_minor=2),
            "5,312 of 5,000 312 more than included, at €0.02 a month each.",
        ),
        (usage("customers", 12, 0, is_hard=False), "12 of 0 12 more than included."),
        (usage("customers", 1204, None), "Customers 1,204, without a limit"),
        (usage("api_requests_per_minute", None, 300), "Requests of apps a minute up to 300"),
        (usage("api_requests_per_minute", None, None), "Requests of apps a minute no limit"),
        (usage("tables", 3, 4), "tables 3 of 4"),
    ],
)
def test_a_limit_says_in_words_how_near_it_is(owner, platform, row, said):
    platform.answer(LIST, response=listed(usage=[row]))

    assert said in read(owner.get(PAGE)).text


@pytest.mark.parametrize(("used", "tone"), [(11, "calm"), (12, "near"), (15, "near"), (16, "over")])
def test_its_bar_changes_with_the_words(owner, platform, used, tone):
    platform.answer(LIST, response=listed(usage=[usage("members", used, 15)]))

    source = owner.get(PAGE).content.decode()

    assert f"usages__row--{tone}" in source
    assert 'aria-hidden="true" focusable="false"><rect class="usages__used"' in source


def test_what_is_planned_can_be_taken_back(owner, platform):
    platform.answers("services-list-planned")

    page = read(owner.get(PAGE))

    assert "Becomes Starter on 1 Apr 2026, for €19.00 a month." in page.text
    assert "Decided by Giulia Ferri." in page.text
    assert set(page.forms[f"{ONE}plan/keep/"]) == {"idempotency_key"}
    assert "Change plan" not in page.links


def test_so_can_an_end(owner, platform):
    ending = response_of("service-cancel")
    platform.answer(LIST, response=listed(results=[ending]))

    page = read(owner.get(PAGE))

    assert "Ends on 1 Apr 2026. Until then everything stays as it is." in page.text
    assert "“We close for the season.”" in page.text
    assert "Renews" not in page.text
    assert f"{ONE}end/keep/" in page.forms


def test_an_overdue_payment_leads_to_paying_it(owner, platform):
    platform.answers("services-list-past-due")

    page = read(owner.get(PAGE))

    assert "Its payment is overdue Invoice 2026-00031 of €58.80 waits" in page.text
    assert page.links["Pay now"] == (
        "/t/aurora/billing/pay/?invoice=01993f10-0000-7000-8000-000000000001"
    )


def test_a_pending_plan_says_when_it_begins(owner, platform):
    pending = response_of("service-order")["service"]
    platform.answer(LIST, response=listed(results=[pending]))

    page = read(owner.get(PAGE))

    assert "Begins on the day of its first payment." in page.text
    assert "It begins when it is paid" in page.text


def test_without_a_plan_one_is_offered(owner, platform):
    platform.answers("services-list-empty")

    page = read(owner.get(PAGE))

    assert "No plan yet" in page.text
    assert page.links["Choose a plan"] == PLANS


def test_who_may_only_look_is_offered_nothing_to_press(owner, platform, monkeypatch):
    looks = ["tenant.read", "services.read", "billing.read"]
    monkeypatch.setitem(fake_platform.ABILITIES, "owner", looks)
    plan = response_of("services-list-past-due")["results"][0] | {"can": []}
    platform.answer(LIST, response=listed(results=[plan], can=[]))

    page = read(owner.get(PAGE))

    assert not {"Change plan", "Pay now", "Choose a plan"} & set(page.links)
    assert page.links["See the invoice"].startswith("/t/aurora/billing/invoices/")
    assert set(page.forms) == {"/sign-out/"}


def test_while_read_only_there_are_no_forms(owner, platform, read_only):
    platform.answers("services-list-planned")

    page = read(owner.get(PAGE))

    assert page.forms == {}
    assert "Change plan" not in page.links


def test_names_are_text(owner, platform):
    plan = response_of("services-list")["results"][0]
    plan["plan"]["name"] = "<b>House</b>"
    platform.answer(LIST, response=listed(results=[plan]))

    assert b"<b>House" not in owner.get(PAGE).content


def test_one_service_tells_its_terms_and_its_story(owner, platform):
    page = read(owner.get(ONE))

    assert "€49.00 a month plus VAT where it applies" in page.text
    assert "1 Mar 2026 – 31 Mar 2026" in page.text
    story = page.text[page.text.index("What happened so far") :]
    planned, changed, began = (
        story.index("House → Starter is planned for 1 Apr 2026"),
        story.index("Starter → House, from 15 Feb 2026"),
        story.index("Began 1 Feb 2026"),
    )
    assert planned < changed < began
    assert page.links["End it"] == f"{PAGE}{HOUSE}/end/"


def test_one_that_ended_says_so_and_offers_nothing(owner, platform):
    platform.answers("service-retrieve-ended")

    page = read(owner.get(ONE))

    assert "Its end on 1 Feb 2026 was decided" in page.text
    assert "Ended 1 Feb 2026" in page.text
    assert "Ended on 1 Feb 2026." in page.text
    assert "This period" not in page.text
    assert not {"End it", "Change plan"} & set(page.links)


def test_an_unknown_one_is_missing(owner, platform):
    platform.answers("service-not-found")

    assert owner.get(ONE).status_code == 404
