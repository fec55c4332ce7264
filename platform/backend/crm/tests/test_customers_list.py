from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.common.tenancy import tenant_scope
from backend.crm.models import Customer
from backend.crm.tests.conftest import make

LIST = "crm/customers/"


def names(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["results"]]


def walk(api, path: str) -> tuple[list[str], list[str]]:
    """All names from the first page to the last, and back to the first."""
    there, back = [], []
    cursor = ""
    while True:
        page = api.get(f"{path}&cursor={cursor}").json()
        there += [row["name"] for row in page["results"]]
        if not page["next_cursor"]:
            break
        cursor = page["next_cursor"]
    while page["previous_cursor"]:
        page = api.get(f"{path}&cursor={page['previous_cursor']}").json()
        back = [row["name"] for row in page["results"]] + back
    return there, back


def test_a_row_carries_what_lists_show(aurora):
    customer = make(
        aurora,
        email="maria@example.com",
        phone="+39 055 0100",
        company="Acme",
        language="it",
        tags=["VIP", "allergy: nuts"],
    )

    [row] = aurora.app.get(LIST).json()["results"]

    assert row == {
        "id": str(customer.id),
        "name": "Maria Rossi",
        "email": "maria@example.com",
        "phone": "+39 055 0100",
        "company": "Acme",
        "language": "it",
        "tags": ["allergy: nuts", "VIP"],
        "version": 2,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }
    assert row["created_at"].endswith("Z")


def test_an_empty_list_has_no_cursors(aurora, bluefin):
    make(bluefin)
    assert aurora.app.get(LIST).json() == {
        "results": [],
        "next_cursor": None,
        "previous_cursor": None,
        "can": ["create", "import", "export"],
    }


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("", ["Ägidius", "bruno", "Çelik", "Dora", "Łukasz", "Zoë"]),
        ("name", ["Ägidius", "bruno", "Çelik", "Dora", "Łukasz", "Zoë"]),
        ("-name", ["Zoë", "Łukasz", "Dora", "Çelik", "bruno", "Ägidius"]),
        ("created", ["Dora", "Zoë", "bruno", "Łukasz", "Ägidius", "Çelik"]),
        ("-created", ["Çelik", "Ägidius", "Łukasz", "bruno", "Zoë", "Dora"]),
    ],
)
def test_orders(aurora, order, expected):
    for name in ("Dora", "Zoë", "bruno", "Łukasz", "Ägidius", "Çelik"):
        make(aurora, name)
    assert names(aurora.app.get(f"{LIST}?order={order}")) == expected


@pytest.mark.parametrize("order", ["name", "-name", "created", "-created", "updated", "-updated"])
def test_pages_hold_each_row_once_even_among_namesakes(aurora, bluefin, order):
    for number in range(11):
        make(aurora, "Anna" if number % 3 else f"Guest {number:02}")
        make(bluefin, "Anna")
    whole = names(aurora.app.get(f"{LIST}?order={order}"))

    there, back = walk(aurora.app, f"{LIST}?order={order}&limit=3")

    assert len(whole) == 11
    assert there == whole
    assert back == whole[:9]


def test_erased_customers_are_not_listed(aurora):
    make(aurora, "Stays")
    gone = make(aurora, "Goes")
    aurora.app.post(f"crm/customers/{gone.id}/erasure/", {})
    assert names(aurora.app.get(LIST)) == ["Stays"]


def test_updated_since_includes_the_boundary_and_erased_customers(aurora):
    old, young, erased = (make(aurora, name) for name in ("Old", "Young", "Erased"))
    aurora.app.post(f"crm/customers/{erased.id}/erasure/", {})
    long_ago = timezone.now() - timedelta(days=9)
    with tenant_scope(aurora.tenant.id):
        Customer.objects.filter(pk=old.pk).update(updated_at=long_ago)
        Customer.objects.filter(pk=young.pk).update(updated_at=long_ago + timedelta(days=1))

    since = (long_ago + timedelta(days=1)).isoformat().replace("+00:00", "Z")

    changed = f"{LIST}?updated_since={since}"
    assert names(aurora.app.get(changed)) == ["Young", "Erased customer"]
    assert names(aurora.app.get(f"{changed}&order=name")) == ["Erased customer", "Young"]


def test_tag_filters_in_any_case(aurora, bluefin):
    make(aurora, "Anna", tags=["VIP"])
    make(aurora, "Bruno", tags=["Press"])
    make(bluefin, "Chloe", tags=["VIP"])
    assert names(aurora.app.get(f"{LIST}?tag=vip")) == ["Anna"]
    assert names(aurora.app.get(f"{LIST}?tag=nobody")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("order=age", "order"),
        ("cursor=!", "cursor"),
        ("cursor=WyJuZXh0Il0", "cursor"),
        ("updated_since=yesterday", "updated_since"),
        ("updated_since=2026-01-01T00:00:00", "updated_since"),
        # Written in UTC it is before the first year, or after the last.
        ("updated_since=0001-01-01T00:00:00%2B23:59", "updated_since"),
        ("updated_since=9999-12-31T23:59:59-23:59", "updated_since"),
        ("q=anna&updated_since=2026-01-01T00:00:00Z", "updated_since"),
        ("tag=" + "x" * 41, "tag"),
        ("tag=a%00b", "tag"),
        ("q=a%00b", "q"),
        ("q=" + "a" * 10_000, "q"),
    ],
)
def test_nonsense_is_refused_by_field(aurora, query, field):
    response = aurora.app.get(f"{LIST}?{query}")
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_one_query_whatever_the_length(aurora, crm_queries):
    make(aurora, "Anna", tags=["VIP"])
    assert len(crm_queries(lambda: aurora.app.get(LIST))) == 1
    for number in range(30):
        make(aurora, f"Guest {number}", tags=["VIP", f"Tag {number}"])
    assert len(crm_queries(lambda: aurora.app.get(LIST))) == 1
    assert len(crm_queries(lambda: aurora.app.get(f"{LIST}?tag=VIP&order=-created"))) == 1


@pytest.mark.parametrize(
    ("role", "can"),
    [
        ("owner", ["create", "import", "export"]),
        ("manager", ["create", "import", "export"]),
        ("accountant", ["export"]),
        ("waiter", ["create"]),
    ],
)
def test_can_follows_the_role(aurora, visit, role, can):
    response = visit(aurora.person(role), aurora.tenant).get(LIST)
    assert response.json()["can"] == can


def test_an_app_without_the_scope_sees_nothing(aurora):
    make(aurora)
    aurora.app.app.scopes = ["tenant.read"]
    aurora.app.app.save()
    response = aurora.app.get(LIST)
    assert response.status_code == 403
    assert b"Maria" not in response.content


def test_another_tenants_member_is_not_let_in(aurora, bluefin, visit):
    make(aurora)
    response = visit(bluefin.person("owner"), aurora.tenant).get(LIST)
    assert response.status_code == 404
    assert response.json()["code"] == "tenant-not-found"


def test_a_cursor_of_a_row_that_is_gone_still_works(aurora):
    for name in ("Anna", "Bruno", "Chiara", "Dora"):
        make(aurora, name)
    page = aurora.app.get(f"{LIST}?limit=2").json()
    bruno = page["results"][1]
    aurora.app.delete(f"{LIST}{bruno['id']}/", if_match=f'"{bruno["version"]}"')

    assert names(aurora.app.get(f"{LIST}?limit=2&cursor={page['next_cursor']}")) == [
        "Chiara",
        "Dora",
    ]


def test_unknown_ids_are_404_in_our_shape(aurora):
    response = aurora.app.get(f"{LIST}{uuid4()}/")
    assert response.status_code == 404
    assert response.json()["code"] == "customer-not-found"
    assert aurora.app.get(f"{LIST}not-an-id/").status_code == 404


def test_those_without_any_contact_can_be_asked_for(aurora, bluefin):
    make(aurora, "Mail", email="mail@example.com")
    make(aurora, "Phone", phone="+39 055 0100")
    make(aurora, "Nothing", tags=["VIP"])
    make(aurora, "Neither")
    make(bluefin, "Elsewhere")

    assert names(aurora.app.get(f"{LIST}?contact=none")) == ["Neither", "Nothing"]
    assert names(aurora.app.get(f"{LIST}?contact=none&tag=vip")) == ["Nothing"]
    assert walk(aurora.app, f"{LIST}?contact=none&limit=1&order=-name")[0] == ["Nothing", "Neither"]
    exported = aurora.app.get("crm/exports/customers/?contact=none").content.decode()
    assert "Nothing" in exported
    assert "Neither" in exported
    assert "mail@example.com" not in exported


@pytest.mark.parametrize(
    "query", ["contact=all", "contact=none&q=a", "contact=none&updated_since=2026-01-01T00:00:00Z"]
)
def test_what_contact_can_not_mean_is_refused(aurora, query):
    assert aurora.app.get(f"{LIST}?{query}").status_code == 400
