from __future__ import annotations

import pytest
import time_machine

from portal.api_client.errors import Unreachable
from portal.api_client.tests import fake_platform
from portal.api_client.tests.fake_platform import response_of
from portal.crm.tests.cast import problem
from portal.ui.tests.pages import read

HOME = "/t/aurora/"
CALL = "GET reports/dashboard/"
MONEY = "GET billing/"
TICKETS = "GET tickets/summary/"
HOSTILE = '"><script>alert(1)</script>'


def dashboard(**members):
    return {**response_of("reports-dashboard"), **members}


def attention(code, count, import_id=None):
    return {"code": code, "count": count, "import_id": import_id}


@time_machine.travel("2026-11-20 23:30:00+00:00")
def test_it_costs_three_calls_at_once_and_has_the_business_own_date(owner, platform):
    page = read(owner.get(HOME))

    assert sorted(platform.operations) == [MONEY, CALL, TICKETS]
    assert "Saturday, 21 November" in page.text
    assert page.links["New customer"] == f"{HOME}customers/new/"


def test_the_figures(owner, platform):
    page = read(owner.get(HOME))

    assert "Customers 412" in page.text
    assert "New in 30 days 60 16 more than in the 30 days before" in page.text


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (3, 3, "as many as in the 30 days before"),
        (1, 1204, "1,203 fewer than in the 30 days before"),
        (2, 1, "1 more than in the 30 days before"),
    ],
)
def test_how_the_new_ones_compare(owner, platform, now, before, said):
    platform.answer(
        CALL,
        response=dashboard(customers_new_30d=now, customers_new_previous_30d=before),
    )

    assert said in read(owner.get(HOME)).text


def test_the_chart_is_also_a_sentence_and_a_table(owner, platform):
    days = [{"date": f"2026-11-{day:02}", "count": day % 7} for day in range(1, 31)]
    platform.answer(CALL, response=dashboard(new_by_day=days, customers_new_30d=87))

    page = read(owner.get(HOME))

    assert "87 in 30 days; most on 6 Nov, with 6." in page.text
    assert "Day Customers 1 Nov 1 2 Nov 2 3 Nov 3" in page.text


def test_a_month_without_anybody_new(owner, platform):
    days = [{"date": f"2026-11-{day:02}", "count": 0} for day in range(1, 31)]
    platform.answer(CALL, response=dashboard(new_by_day=days, customers_new_30d=0))

    assert "Nobody new in these 30 days." in read(owner.get(HOME)).text


def test_what_needs_attention_leads_to_where_it_is_done(owner, platform):
    report = "01993f00-0000-7000-8000-000000000001"
    platform.answer(
        CALL,
        response=dashboard(
            attention=[
                attention("import-failed-rows", 1, report),
                attention("customers-without-contact", 1204),
            ]
        ),
    )

    page = read(owner.get(HOME))

    assert "1 row of your last import couldn’t be read" in page.text
    assert page.links["See the report"] == f"{HOME}customers/imports/{report}/"
    assert "1,204 customers have neither an email address nor a phone number" in page.text
    assert page.links["Show customers"] == f"{HOME}customers/?contact=none"
    assert page.text.index("1 row of") < page.text.index("New in 30 days")


def test_failed_rows_of_an_unnamed_import_lead_to_all_imports(owner, platform):
    platform.answer(CALL, response=dashboard(attention=[attention("import-failed-rows", 3)]))

    assert read(owner.get(HOME)).links["See the report"] == f"{HOME}customers/imports/"


def test_a_code_from_a_newer_platform_waits_for_a_newer_portal(owner, platform):
    platform.answer(CALL, response=dashboard(attention=[attention("moon-phase", 2)]))
    platform.answers("billing-retrieve-nothing")
    platform.answer(TICKETS, response={"awaiting_you": 0, "unread": 0})

    page = read(owner.get(HOME))

    assert "Nothing needs your attention." in page.text
    assert "moon" not in page.text


def test_birthdays_and_recent_customers_lead_to_their_pages(owner, platform):
    birthdays = [
        {"id": f"01993d00-0000-7000-8000-00000000000{n}", "name": name, "days": days}
        | {"birthday": "1984-11-27"}
        for n, (name, days) in enumerate([("Ada", 0), ("Ben", 1), ("Cleo", 12)])
    ]
    platform.answer(CALL, response=dashboard(upcoming_birthdays=birthdays))

    page = read(owner.get(HOME))

    assert page.links["Cleo"] == f"{HOME}customers/01993d00-0000-7000-8000-000000000002/"
    assert "Ada 27 November today" in page.text
    assert "Ben 27 November tomorrow" in page.text
    assert "Cleo 27 November in 12 days" in page.text
    assert "Next birthday Today Ada" in page.text
    assert page.links["Show all"] == f"{HOME}customers/"


def test_no_birthdays_in_sight(owner, platform):
    platform.answer(CALL, response=dashboard(upcoming_birthdays=[]))

    page = read(owner.get(HOME))

    assert "No birthdays in the next weeks" in page.text
    assert "Next birthday" not in page.text


def first_run(platform):
    platform.answer(
        CALL,
        response=dashboard(
            customers_total=0,
            recent_customers=[],
            upcoming_birthdays=[],
            attention=[attention("no-customers", 0)],
        ),
    )


def test_the_first_visit_is_welcomed(owner, platform):
    first_run(platform)

    page = read(owner.get(HOME))

    assert "Welcome to Trattoria Aurora’s back office" in page.text
    assert page.links["Add your first customer"] == f"{HOME}customers/new/"
    assert page.links["Import a list"] == f"{HOME}customers/import/"
    assert "New customer" not in page.links


def test_the_first_visit_offers_only_what_one_may_do(waiter, platform, monkeypatch):
    first_run(platform)
    assert "Liste importieren" not in read(waiter.get("/t/bluefin/")).links

    monkeypatch.setitem(fake_platform.ABILITIES, "waiter", ["customers.read"])
    page = read(waiter.get("/t/bluefin/"))

    assert "Willkommen im Büro von Blue Fin Sushi" in page.text
    assert "Ersten Gast anlegen" not in page.links


def test_while_read_only_nothing_is_to_be_made(owner, platform, read_only):
    assert "New customer" not in read(owner.get(HOME)).links
    first_run(platform)
    assert "Add your first customer" not in read(owner.get(HOME)).links


def test_an_unreachable_platform_is_no_first_visit(owner, platform):
    platform.fails(CALL, Unreachable())

    response = owner.get(HOME)

    assert response.status_code == 503
    assert "Welcome" not in response.content.decode()


def test_hostile_names_are_only_text(owner, platform):
    customer = response_of("crm-customers-list")["results"][0]
    birthday = {"id": customer["id"], "name": HOSTILE, "birthday": "1984-11-27", "days": 1}
    platform.answer(
        CALL,
        response=dashboard(
            recent_customers=[{**customer, "name": HOSTILE, "company": HOSTILE}],
            upcoming_birthdays=[birthday],
        ),
    )

    response = owner.get(HOME)

    assert "<script>alert" not in response.content.decode()
    assert HOSTILE in read(response).links


def test_another_business_isnt_there(waiter, platform):
    assert waiter.get(HOME).status_code == 404


def test_nobody_sees_it_without_signing_in(visitor, platform):
    assert visitor.get(HOME).headers["Location"] == "/sign-in/?next=%2Ft%2Faurora%2F"
    assert platform.calls == []


def test_what_is_overdue_comes_first(owner, platform):
    page = read(owner.get(HOME))

    assert "€38.00 is overdue, on 1 invoice" in page.text
    assert page.links["See and pay"] == f"{HOME}billing/"
    assert page.text.index("is overdue") < page.text.index("See the report")


def test_what_is_due_is_said_with_its_day(owner, platform):
    due = response_of("billing-retrieve") | {"overdue_minor": 0, "overdue_invoices": 0}
    platform.answer(MONEY, response=due)

    assert "€87.00 is to pay, the next by 15 Oct 2026" in read(owner.get(HOME)).text


def test_who_may_not_see_the_money_sees_the_rest(waiter, platform):
    platform.answer(MONEY, status=403, response=problem(403, "forbidden"))

    response = waiter.get("/t/bluefin/")

    assert response.status_code == 200
    assert "überfällig" not in read(response).text
    assert "Gäste" in read(response).text


@pytest.mark.parametrize(
    ("awaiting", "unread", "said", "leads_to"),
    [
        (2, 1, "2 tickets wait for your answer", "tickets/?state=awaiting_customer"),
        (1, 0, "1 ticket waits for your answer", "tickets/?state=awaiting_customer"),
        (100, 0, "99+ tickets wait for your answer", "tickets/?state=awaiting_customer"),
        (0, 3, "There is something new in 3 tickets", "tickets/?unread=true"),
    ],
)
def test_tickets_that_wait_are_said(owner, platform, awaiting, unread, said, leads_to):
    platform.answer(TICKETS, response={"awaiting_you": awaiting, "unread": unread})

    page = read(owner.get(HOME))

    assert said in page.text
    assert HOME + leads_to in page.links.values()


def test_what_is_unread_is_marked_in_the_navigation(owner, platform):
    assert "1 Support 1 unread" in read(owner.get(HOME)).text

    platform.answer(TICKETS, response={"awaiting_you": 0, "unread": 0})

    page = read(owner.get(HOME))
    assert page.links["Support"] == f"{HOME}tickets/"
    assert "unread" not in page.text


def test_who_may_not_see_tickets_sees_the_rest(waiter, platform):
    platform.answer(TICKETS, status=403, response=problem(403, "forbidden"))

    response = waiter.get("/t/bluefin/")

    assert response.status_code == 200
    assert "Gäste" in read(response).text
