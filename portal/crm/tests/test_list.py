from __future__ import annotations

import pytest

from portal.api_client.errors import Unreachable
from portal.api_client.tests import fake_platform
from portal.crm.tests.cast import ANNA, HOSTILE, LIST, PAGE, anna, listed
from portal.ui.tests.pages import read

CALL = "GET crm/customers/"


def test_it_shows_the_customers_in_one_call(owner, platform):
    response = owner.get(LIST)

    page = read(response)
    assert page.links["Anna Weber"] == PAGE
    assert "Weber & Söhne" in page.text
    assert "anna.weber@example.com" in page.text
    assert "+49 30 901820" in page.text
    assert "12 Nov 2026" in page.text
    assert platform.operations == [CALL]


def test_a_customer_of_the_other_tenant_isnt_shown(waiter, platform):
    response = waiter.get(LIST)

    assert response.status_code == 404
    assert "Anna Weber" not in response.content.decode()


def test_what_narrows_the_list_goes_to_the_platform(owner, platform):
    owner.get(LIST, {"q": " rossi ", "tag": "VIP", "order": "-created", "cursor": "abc"})

    (call,) = platform.asked(CALL)
    assert call.query == {"q": "rossi", "tag": "VIP", "order": "-created", "cursor": "abc"}


def test_those_without_contact_details_can_be_looked_at_and_left_again(owner, platform):
    page = read(owner.get(LIST, {"contact": "none", "tag": "VIP"}))

    assert platform.asked(CALL)[0].query == {"tag": "VIP", "contact": "none", "order": "name"}
    assert page.links["Without contact details"] == "?tag=VIP"
    assert page.links["Export as a file"] == f"{LIST}export.csv?contact=none&tag=VIP"


@pytest.mark.parametrize("query", [{"contact": "all"}, {"contact": "none", "q": "rossi"}])
def test_a_search_looks_at_everybody(owner, platform, query):
    owner.get(LIST, query)

    assert "contact" not in platform.asked(CALL)[0].query


@pytest.mark.parametrize("order", ["", "updated", "name;drop"])
def test_an_order_that_isnt_offered_is_by_name(owner, platform, order):
    owner.get(LIST, {"order": order})

    assert platform.asked(CALL)[0].query == {"order": "name"}


def test_pages_keep_what_narrows_the_list_and_leave_the_notice(owner, platform):
    page = read(owner.get(LIST, {"q": "a", "tag": "VIP", "notice": "customer-deleted"}))

    assert page.links["Next"] == "?q=a&tag=VIP&cursor=bmFtZTpDaGlhcmEgTG9tYmFyZGk"
    assert "Previous" not in page.links
    assert "The customer was deleted." in page.text


def test_narrowing_further_starts_at_the_first_page(owner, platform):
    page = read(owner.get(LIST, {"q": "a", "cursor": "abc", "order": "-name"}))

    assert page.links["VIP"] == "?q=a&order=-name&tag=VIP"
    assert page.links["Newest first"] == "?q=a&order=-created"
    assert page.forms[LIST] == {"q": "a", "order": "-name"}


def test_tags_of_these_customers_are_offered_the_commonest_first(owner, platform):
    platform.answer(
        CALL,
        response=listed(
            anna(tags=["A", "b"]), anna(tags=["b"]), anna(tags=["c"]), anna(tags=["c", "b"])
        ),
    )

    links = list(read(owner.get(LIST, {"tag": "zz"})).links)

    first = links.index("All")
    assert links[first : first + 6] == ["All", "zz", "b", "c", "A", "All tags"]


def test_no_customers_at_all_invites_to_make_the_first(owner, platform):
    platform.answer(CALL, response=listed())

    page = read(owner.get(LIST))

    assert "No customers yet" in page.text
    assert page.links["Add your first customer"] == f"{LIST}new/"
    assert page.links["Import a list"] == f"{LIST}import/"
    assert "Search" not in page.text
    assert "No customer matches" not in page.text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"q": "zzz"}, "No customer matches “zzz”"),
        ({"tag": "VIP"}, "No customer here"),
        ({"cursor": "abc"}, "No customer here"),
    ],
)
def test_none_found_says_so_and_leads_back_to_all(owner, platform, query, said):
    platform.answers("crm-customers-list-empty")

    page = read(owner.get(LIST, query))

    assert said in page.text
    assert page.links["Show all customers"] == LIST
    assert "No customers yet" not in page.text


def test_an_unreachable_platform_is_never_an_empty_list(owner, platform):
    platform.fails(CALL, Unreachable())

    response = owner.get(LIST)

    assert response.status_code == 503
    assert "No customers yet" not in response.content.decode()


def test_hostile_names_are_only_text(owner, platform):
    platform.answer(
        CALL,
        response=listed(
            anna(name=HOSTILE, company=HOSTILE, email=HOSTILE, phone=HOSTILE, tags=[HOSTILE])
        ),
    )

    for query in ({}, {"q": HOSTILE, "tag": HOSTILE}):
        response = owner.get(LIST, query)
        assert "<script>alert" not in response.content.decode()
        assert read(response).links[HOSTILE] == PAGE or query


def test_only_what_one_may_do_is_offered(owner, platform):
    platform.answer(CALL, response=listed(anna(), can=["export"]))

    page = read(owner.get(LIST))

    assert "New customer" not in page.links
    assert "Import a list" not in page.links
    assert page.links["Export as a file"] == f"{LIST}export.csv?"


def test_while_read_only_there_is_only_reading(owner, platform, read_only):
    page = read(owner.get(LIST))

    assert "New customer" not in page.links
    assert "Import a list" not in page.links
    assert "Export as a file" in page.links
    assert "Read-only for the moment" in page.text


def test_the_export_is_of_what_is_shown(owner, platform):
    page = read(owner.get(LIST, {"q": "a b", "tag": "VIP", "order": "created"}))

    assert page.links["Export as a file"] == f"{LIST}export.csv?q=a+b&tag=VIP"


def test_who_may_not_read_customers_isnt_led_there(waiter, platform, monkeypatch):
    monkeypatch.setitem(fake_platform.ABILITIES, "waiter", ["tenant.read"])

    assert "Gäste" not in read(waiter.get("/t/bluefin/customers/")).links


def test_it_speaks_german_to_whom_reads_it(waiter, platform):
    page = read(waiter.get("/t/bluefin/customers/"))

    assert "Neuer Gast" in page.links
    assert "12. Nov. 2026" in page.text or "12.11.2026" in page.text
    assert page.links["Anna Weber"] == f"/t/bluefin/customers/{ANNA}/"
