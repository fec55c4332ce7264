"""Another plan or interval: what is shown is what is charged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.billing.amounts import totals
from backend.billing.models import Account, Invoice, InvoiceLine, Seller
from backend.billing.tests.cast import SELLER, SYSTEM, issued, line, make_plan, transfer
from backend.billing.tests.subscriptions import (
    again,
    changes,
    events,
    everything,
    on,
    order,
    subscribed,
)
from backend.billing.workflows.apply_planned import apply_planned
from backend.billing.workflows.change_plan import lines_for, step_for
from backend.billing.workflows.issue_invoices import calculate_draft
from backend.billing.workflows.refund_payment import begin_refund
from backend.common.tenancy import owner_scope
from backend.conftest import Api, House
from backend.services.models import Plan, PlanPrice, Service
from backend.services.models.service import Terms
from backend.services.periods import period_from
from backend.tenants.models import Tenant

END = date(2026, 4, 1)


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


def preview(api: Api, service: Service, plan: str, interval: str = "month") -> Any:
    return api.get(f"services/{service.pk}/plan-change/?plan={plan}&interval={interval}")


def change(api: Api, service: Service, plan: str, interval: str = "month", **more: Any) -> Any:
    body = {"plan": plan, "interval": interval, **more}
    return api.post(f"services/{service.pk}/plan-change/", body)


def applied(service: Service, day: date) -> Service:
    with owner_scope():
        assert apply_planned(again(service), day, SYSTEM)
    return again(service)


PRICES = st.integers(min_value=0, max_value=10**9)


@given(
    old=PRICES,
    new=PRICES,
    intervals=st.sampled_from([(a, b) for a in ("month", "year") for b in ("month", "year")]),
    begun=st.dates(min_value=date(2024, 1, 1), max_value=date(2032, 12, 31)),
    days=st.integers(min_value=-1, max_value=400),
    country=st.sampled_from(["AT", "IT", "GB"]),
)
def test_every_change_adds_up(
    old: int, new: int, intervals: tuple[str, str], begun: date, days: int, country: str
) -> None:
    """Whatever it costs and whenever it is made: nothing saved, nothing asked of the database."""
    period = period_from(begun, intervals[0], begun.day)
    service = Service(
        plan_name="Old",
        interval=intervals[0],
        amount_minor=old,
        period_start=period.start,
        period_end=period.end,
        anchor_day=begun.day,
    )
    terms = Terms(Plan(name="New"), "EUR", intervals[1], new, {})
    tenant = Tenant(country=country, currency="EUR", language="en")

    step = step_for(service, terms, begun + timedelta(days=days))
    lines = lines_for(service, terms, step, "en")
    invoice = Invoice(tenant=tenant)
    calculate_draft(invoice, lines, Seller(**SELLER), tenant)

    assert period.start <= step.effective_on <= period.end
    assert step.next_on >= step.effective_on
    if step.switch is None:
        assert (lines, invoice.total_minor, step.effective_on) == ([], 0, period.end)
        return
    assert 0 <= step.switch.unused_minor <= old
    assert 0 <= step.switch.remaining_minor <= new
    assert invoice.net_minor == step.switch.difference_minor >= 0
    assert invoice.total_minor >= 0
    assert (
        invoice.total_minor
        == totals((each.tax_percent, each.amounts) for each in lines).total_minor
    )
    assert all(each.unit_price_minor for each in lines)
    if step.begins:
        assert (intervals, step.switch.remaining_minor) == (("month", "year"), new)
    else:
        assert new > old
        assert step.next_on == period.end


@pytest.mark.django_db
@pytest.mark.usefixtures("seller", "plans")
class TestFigures:
    @pytest.mark.parametrize(
        ("plan", "interval"),
        [("group", "month"), ("house", "year"), ("group", "year"), ("starter", "year"),
         ("starter", "month")],
    )  # fmt: skip
    @pytest.mark.parametrize("day", ["2026-03-01", "2026-03-02", "2026-03-17", "2026-03-31"])
    @pytest.mark.parametrize("credit", [0, 700])
    def test_preview_invoice_and_account_agree(
        self, aurora: House, owner: Api, plan: str, interval: str, day: str, credit: int
    ) -> None:
        service = subscribed(aurora)
        with on(day):
            if credit:
                with owner_scope():
                    transfer(aurora, credit)
            quote = preview(owner, service, plan, interval).json()
            reply = change(owner, service, plan, interval, total_minor=quote["total_minor"]).json()

        later = quote["takes_effect"] == "period-end"
        assert later == ((plan, interval) == ("starter", "month"))
        facts = Account.objects.get(tenant=aurora.tenant).facts
        assert facts.due_minor == quote["to_pay_minor"]
        assert facts.credit_minor == credit - quote["credit_used_minor"]
        if later:
            assert reply["invoice"] is None
            assert quote["total_minor"] == 0
            planned = reply["service"]["planned"]
            assert planned["amount_minor"] == quote["next_amount_minor"]
            assert planned["effective_on"] == quote["effective_on"] == quote["next_on"]
            return
        invoice = Invoice.objects.get(pk=reply["invoice"]["id"])
        assert invoice.net_minor == quote["difference_minor"]
        assert invoice.tax_minor == quote["tax_minor"]
        assert invoice.total_minor == quote["total_minor"] == reply["invoice"]["total_minor"]
        assert reply["invoice"]["due_minor"] == quote["to_pay_minor"]
        nets = {each.kind: each.net_minor for each in InvoiceLine.objects.filter(invoice=invoice)}
        assert nets == {
            "unused": -quote["unused_minor"],
            "remaining": quote["remaining_minor"],
        }
        service = again(service)
        assert service.amount_minor == quote["next_amount_minor"]
        assert str(service.period_end) == quote["next_on"]

    def test_the_rest_of_the_month_is_charged(self, aurora: House, owner: Api) -> None:
        service = subscribed(aurora)
        with on("2026-03-12"):
            reply = change(owner, service, "group").json()

        lines = InvoiceLine.objects.filter(invoice_id=reply["invoice"]["id"]).order_by("position")
        shown = [(each.description, int(each.quantity), each.unit_price_minor) for each in lines]
        # 20 of 31 days.
        assert shown == [
            ("House, not used from 12 Mar 2026 to 31 Mar 2026", -1, 3161),
            ("Group, from 12 Mar 2026 to 31 Mar 2026", 1, 8323),
        ]
        service = again(service)
        assert (str(service), service.period_start, service.period_end) == (
            "Group",
            date(2026, 3, 1),
            END,
        )
        assert changes(service) == [("plan", "done", "Group", date(2026, 3, 12))]
        assert events(aurora, "service.plan-changed") == [
            {
                "from": "House",
                "to": "Group",
                "interval": "month",
                "amount_minor": 12900,
                "currency": "EUR",
            }
        ]

    def test_a_year_begins_today(self, aurora: House, owner: Api) -> None:
        service = subscribed(aurora)
        with on("2026-03-31"):
            reply = change(owner, service, "house", "year").json()

        lines = InvoiceLine.objects.filter(invoice_id=reply["invoice"]["id"]).order_by("position")
        assert [(each.unit, each.net_minor) for each in lines] == [("C62", -158), ("ANN", 49000)]
        assert lines[1].description == "House, 31 Mar 2026 to 30 Mar 2027"
        service = again(service)
        assert (service.period_start, service.period_end, service.anchor_day) == (
            date(2026, 3, 31),
            date(2027, 3, 31),
            31,
        )

    def test_on_the_day_of_a_renewal_too(self, aurora: House, owner: Api) -> None:
        """The period that was charged this morning is given back as a whole."""
        service = subscribed(aurora)
        with on("2026-04-01"), owner_scope():
            period = again(service).renew()
            renewal = line(4900)
            renewal.kind, renewal.service = "period", service
            renewal.period_start, renewal.period_end = period.start, period.end
            issued(aurora, renewal)
        with on("2026-04-01"):
            quote = preview(owner, service, "house", "year").json()
            assert change(owner, service, "house", "year").status_code == 200

        assert (quote["unused_minor"], quote["remaining_minor"]) == (4900, 49000)

    def test_no_more_is_given_back_than_the_year_costs(self, aurora: House, owner: Api) -> None:
        cheap = make_plan("cheap", "Cheap", 100)
        service = subscribed(aurora)
        with on("2026-03-02"):
            quote = preview(owner, service, "cheap", "year").json()

        assert (quote["takes_effect"], quote["effective_on"]) == ("period-end", "2026-04-01")
        assert (
            quote["next_amount_minor"]
            == cheap.prices.get(currency="EUR", interval="year").amount_minor
        )

    def test_credit_that_is_on_its_way_back_is_not_used(self, aurora: House, owner: Api) -> None:
        service = subscribed(aurora)
        with owner_scope():
            payment = transfer(aurora, 1000)
            begin_refund(payment, 600, by=SYSTEM, reason="Please")
        with on("2026-03-12"):
            quote = preview(owner, service, "group").json()

        assert (quote["credit_used_minor"], quote["to_pay_minor"]) == (400, 5795)

    def test_what_was_shown_holds_or_nothing_happens(self, aurora: House, owner: Api) -> None:
        service = subscribed(aurora)
        with on("2026-03-12"):
            shown = preview(owner, service, "group").json()["total_minor"]
        before = everything(aurora)
        with on("2026-03-13"):
            refused = change(owner, service, "group", total_minor=shown)
            now = preview(owner, service, "group").json()["total_minor"]

            assert refused.status_code == 409
            assert refused.json()["code"] == "quote-changed"
            assert refused.json()["total_minor"] == now != shown
            assert everything(aurora) == before
            assert change(owner, service, "group", total_minor=now).status_code == 200

    def test_a_preview_writes_nothing(self, aurora: House, owner: Api) -> None:
        service = subscribed(aurora)
        before = everything(aurora)

        assert preview(owner, service, "group").status_code == 200
        assert everything(aurora) == before


@pytest.mark.django_db
@pytest.mark.usefixtures("seller", "plans")
class TestPlanned:
    def test_what_is_cheaper_waits(self, aurora: House, owner: Api) -> None:
        service = subscribed(aurora)
        with on("2026-03-12"):
            reply = change(owner, service, "starter").json()

        assert reply["service"]["plan"]["key"] == "house"
        assert reply["service"]["can"] == ["cancel", "withdraw-change"]
        assert reply["service"]["planned"] == {
            "kind": "plan",
            "effective_on": "2026-04-01",
            "to_plan": "Starter",
            "interval": "month",
            "amount_minor": 1900,
            "asked_by": "Owner Trattoria Aurora",
            "reason": "",
        }
        assert events(aurora, "service.change-planned") == [
            {"kind": "plan", "effective_on": "2026-04-01", "reason": "", "to": "Starter"}
        ]

    def test_it_is_as_it_was_shown(self, aurora: House, owner: Api, plans: dict[str, Plan]) -> None:
        service = subscribed(aurora)
        with on("2026-03-12"):
            change(owner, service, "starter")
        PlanPrice.objects.filter(plan=plans["starter"]).update(amount_minor=9999)

        assert str(applied(service, date(2026, 3, 31))) == "House"
        service = applied(service, END)

        assert (str(service), service.amount_minor) == ("Starter", 1900)
        # Its period is renewed by who charges for it.
        assert service.period_end == END
        assert changes(service) == [("plan", "done", "Starter", END)]
        assert len(events(aurora, "service.plan-changed")) == 1

    def test_from_a_year_to_a_month(self, aurora: House, owner: Api) -> None:
        service = subscribed(aurora, "house", "year")
        with on("2026-03-12"):
            quote = preview(owner, service, "group", "month").json()
            change(owner, service, "group", "month")
        assert (quote["takes_effect"], quote["next_on"]) == ("period-end", "2027-03-01")

        service = applied(service, date(2027, 3, 1))
        with owner_scope():
            period = service.renew()

        assert (service.interval, period.end) == ("month", date(2027, 4, 1))

    def test_the_same_price_waits_too(self, aurora: House, owner: Api) -> None:
        make_plan("villa", "Villa", 4900)
        service = subscribed(aurora)

        with on("2026-03-12"):
            assert preview(owner, service, "villa").json()["takes_effect"] == "period-end"

    def test_it_is_taken_back(self, aurora: House, owner: Api) -> None:
        service = subscribed(aurora)
        with on("2026-03-12"):
            change(owner, service, "starter")
            reply = owner.delete(f"services/{service.pk}/plan-change/").json()

        assert (reply["planned"], reply["can"]) == (None, ["change-plan", "cancel"])
        assert str(applied(service, END)) == "House"
        assert changes(service) == [("plan", "withdrawn", "Starter", END)]

    def test_what_is_too_much_is_said(
        self, aurora: House, owner: Api, plans: dict[str, Plan]
    ) -> None:
        service = subscribed(aurora)
        subscribed(aurora, "extra-people")
        plans["starter"].limits.filter(name="customers").update(value=0)
        assert aurora.app.post("crm/customers/", {"name": "Ada"}).status_code == 201
        with on("2026-03-12"):
            quote = preview(owner, service, "starter").json()
            refused = owner.get(f"services/{service.pk}/plan-change/?plan=starter")

        # Three people and the add-on's three are enough for four.
        assert quote["exceeded"] == [{"limit": "customers", "used": 1, "included": 0}]
        assert refused.json()["errors"][0]["field"] == "interval"


@pytest.mark.django_db
@pytest.mark.usefixtures("seller", "plans")
class TestRefusals:
    def refuse(self, house: House, api: Api, service: Service, code: str, *to: str) -> None:
        before = everything(house)
        with on("2026-03-12"):
            shown, done = preview(api, service, *to), change(api, service, *to)
        assert (shown.json()["code"], done.json()["code"]) == (code, code)
        assert shown.status_code == done.status_code == (404 if "found" in code else 409)
        assert everything(house) == before

    def test_while_it_is_pending(self, aurora: House, owner: Api) -> None:
        self.refuse(aurora, owner, order(aurora), "transition-refused", "group")

    def test_once_it_is_over(self, aurora: House, owner: Api) -> None:
        service = subscribed(aurora)
        with owner_scope():
            again(service).cancel(by=SYSTEM)
        self.refuse(aurora, owner, service, "transition-refused", "group")

    def test_to_itself(self, aurora: House, owner: Api) -> None:
        self.refuse(aurora, owner, subscribed(aurora), "same-plan", "house")

    @pytest.mark.parametrize("plan", ["palace", "extra-people", "gone"])
    def test_to_what_is_not_offered(self, aurora: House, owner: Api, plan: str) -> None:
        make_plan("gone", "Gone", 100).prices.all().delete()
        self.refuse(aurora, owner, subscribed(aurora), "plan-not-found", plan)

    def test_from_an_add_on_to_another(self, aurora: House, owner: Api) -> None:
        make_plan("more-people", "More people", 1800, is_addon=True)
        subscribed(aurora)
        addon = subscribed(aurora, "extra-people")
        self.refuse(aurora, owner, addon, "plan-not-found", "more-people")
        with on("2026-03-12"):
            assert change(owner, addon, "extra-people", "year").status_code == 200

    def test_while_something_is_planned(self, aurora: House, owner: Api) -> None:
        service = subscribed(aurora)
        owner.post(f"services/{service.pk}/cancellation/", {"at": "period-end"})
        self.refuse(aurora, owner, service, "change-planned", "group")

    @pytest.mark.parametrize(
        "query",
        ["", "?plan=group", "?plan=%00&interval=month", "?plan=group&interval=week",
         "?plan=group&interval=month&total=1", "?plan=" + "x" * 51 + "&interval=month",
         "?plan=%ED%A0%80&interval=month&interval=%FF"],
    )  # fmt: skip
    def test_strange_questions(self, aurora: House, owner: Api, query: str) -> None:
        response = owner.get(f"services/{subscribed(aurora).pk}/plan-change/{query}")

        assert (response.status_code, response.json()["code"]) == (400, "invalid")

    @pytest.mark.parametrize(
        "more",
        [{"total_minor": -1}, {"total_minor": "much"}, {"total_minor": 10**40}, {"plan": ["group"]},
         {"plan": "a\u0000b"}, {"interval": None}, {"at": "now"}],
    )  # fmt: skip
    def test_strange_wishes(self, aurora: House, owner: Api, more: dict[str, Any]) -> None:
        service = subscribed(aurora)
        before = everything(aurora)

        response = owner.post(
            f"services/{service.pk}/plan-change/", {"plan": "group", "interval": "month"} | more
        )

        assert (response.status_code, response.json()["code"]) == (400, "invalid")
        assert everything(aurora) == before
