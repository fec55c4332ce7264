"""What staff see of tenants and members, and what they may do to them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.conftest import House, make_house, staff_browser
from backend.tenants.models import Member, Role, State, Tenant

Staff = Callable[..., Client]
TENANTS = "/admin/tenants/tenant/"
MEMBERS = "/admin/tenants/member/"


def member_page(member: Member, page: str) -> str:
    return f"{MEMBERS}{member.pk}/{page}/"


def queries_of(browser: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


@pytest.fixture
def many(aurora: House, bluefin: House) -> None:
    for number in range(5):
        make_house(f"house-{number}", f"House {number}", "FR", "EUR")


@pytest.mark.parametrize(("path", "expected"), [(TENANTS, 5), (MEMBERS, 4)])
def test_a_list_costs_the_same_however_long_it_is(
    staff: Staff, aurora: House, many: None, path: str, expected: int
) -> None:
    assert queries_of(staff(), path) == expected


def test_tenants_are_listed_with_their_numbers(staff: Staff, aurora: House, bluefin: House) -> None:
    aurora.members["waiter"].revoke(by=Actor.system())
    bluefin.app.app.revoke(by=Actor.system())

    rows = staff().get(TENANTS).context["cl"].result_list

    assert [(row.name, row.members_count, row.client_apps_count) for row in rows] == [
        ("Blue Fin Sushi", 4, 0),
        ("Trattoria Aurora", 3, 1),
    ]


@pytest.mark.parametrize(
    ("column", "expected"),
    [("members", {"owner", "manager", "accountant"}), ("client_apps", {"Till"})],
)
def test_a_number_leads_to_what_it_counts(
    staff: Staff, aurora: House, bluefin: House, column: str, expected: set[str]
) -> None:
    aurora.members["waiter"].revoke(by=Actor.system())
    aurora.app.app.issue_key(by=Actor.system())
    browser = staff()
    page = browser.get(f"{TENANTS}?q=aurora").context["cl"]

    link = getattr(page.model_admin, column)(page.result_list[0])
    (address,) = re.findall('href="([^"]+)"', link)
    rows = browser.get(html.unescape(address)).context["cl"].result_list

    assert {getattr(row, "role", "") or row.name for row in rows} == expected
    assert {row.tenant for row in rows} == {aurora.tenant}


def test_a_tenant_leads_to_its_own_customers(staff: Staff, aurora: House, bluefin: House) -> None:
    for house in (aurora, bluefin):
        baker.make("crm.Customer", tenant=house.tenant, name=f"Guest of {house.tenant}")
    browser = staff()
    page = browser.get(f"{TENANTS}{aurora.tenant.pk}/change/").content.decode()

    (address,) = re.findall(r'href="(/admin/crm/customer/\?[^"]+)"', page)
    browser.post(f"/admin/audit/auditevent/enter/{aurora.tenant.pk}/", {"reason": "A test"})
    rows = browser.get(html.unescape(address)).context["cl"].result_list

    assert [row.name for row in rows] == ["Guest of Trattoria Aurora"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=trattoria", ["aurora"]),
        ("q=bluefin", ["bluefin"]),
        ("state__exact=active", ["bluefin", "aurora"]),
        ("state__exact=suspended", []),
        ("country=GB", ["bluefin"]),
    ],
)
def test_tenants_are_found(
    staff: Staff, aurora: House, bluefin: House, query: str, found: list[str]
) -> None:
    page = staff().get(f"{TENANTS}?{query}")

    assert [row.slug for row in page.context["cl"].result_list] == found


def test_a_tenant_begins_as_a_draft(staff: Staff) -> None:
    response = staff().post(
        f"{TENANTS}add/",
        {
            "name": "Café Luna",
            "slug": "luna",
            "country": "DE",
            "currency": "EUR",
            "time_zone": "Europe/Berlin",
            "language": "de",
            "state": "active",
        },
    )

    assert response.status_code == 302
    luna = Tenant.objects.get()
    assert (luna.name, luna.country, luna.currency, luna.state) == (
        "Café Luna", "DE", "EUR", State.DRAFT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [("country", "Italy"), ("currency", "€"), ("time_zone", "Europe/Bolzano"), ("slug", "Aurora!")],
)
def test_a_wrong_detail_is_said_at_its_field(staff: Staff, field: str, value: str) -> None:
    details = {
        "name": "Luna",
        "slug": "luna",
        "country": "DE",
        "currency": "EUR",
        "time_zone": "UTC",
        "language": "de",
    }

    response = staff().post(f"{TENANTS}add/", details | {field: value})

    assert list(response.context["adminform"].errors) == [field]
    assert not Tenant.objects.exists()


def test_the_page_of_a_tenant_shows_its_own_members(
    staff: Staff, aurora: House, bluefin: House
) -> None:
    page = staff().get(f"{TENANTS}{aurora.tenant.pk}/change/").content.decode()

    assert "waiter@aurora.test" in page
    assert "waiter@bluefin.test" not in page


@pytest.mark.parametrize("path", [TENANTS, MEMBERS])
def test_nothing_is_deleted(staff: Staff, aurora: House, path: str) -> None:
    row = aurora.tenant if path == TENANTS else aurora.members["waiter"]
    browser = staff()

    assert browser.post(f"{path}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
    browser.post(path, chosen)

    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=waiter@aurora.test", ["waiter@aurora.test"]),
        ("q=blue+fin+owner", ["owner@bluefin.test"]),
        ("role__exact=accountant", ["accountant@bluefin.test", "accountant@aurora.test"]),
    ],
)
def test_members_are_found(
    staff: Staff, aurora: House, bluefin: House, query: str, found: list[str]
) -> None:
    page = staff().get(f"{MEMBERS}?{query}")

    assert [row.person.email for row in page.context["cl"].result_list] == found


def test_a_person_becomes_a_member(staff: Staff, aurora: House, bluefin: House) -> None:
    person = aurora.person("owner")

    response = staff().post(
        f"{MEMBERS}add/", {"tenant": bluefin.tenant.pk, "person": person.pk, "role": "manager"}
    )

    assert response.status_code == 302
    assert set(person.memberships.values_list("tenant__slug", "role")) == {
        ("aurora", "owner"),
        ("bluefin", "manager"),
    }


def test_nobody_is_a_member_twice(staff: Staff, aurora: House) -> None:
    response = staff().post(
        f"{MEMBERS}add/",
        {"tenant": aurora.tenant.pk, "person": aurora.person("waiter").pk, "role": "owner"},
    )

    assert response.context["adminform"].form.non_field_errors() == [
        "This person is a member of the tenant already."
    ]
    assert aurora.person("waiter").memberships.get().role == Role.WAITER


def test_who_was_revoked_can_come_back(staff: Staff, aurora: House) -> None:
    aurora.members["waiter"].revoke(by=Actor.system())

    staff().post(
        f"{MEMBERS}add/",
        {"tenant": aurora.tenant.pk, "person": aurora.person("waiter").pk, "role": "waiter"},
    )

    assert Member.objects.current().filter(person=aurora.person("waiter")).count() == 1


def test_the_forms_suggest_tenants_and_people(staff: Staff, aurora: House, bluefin: House) -> None:
    def suggestions(field: str, term: str) -> list[str]:
        source = {"app_label": "tenants", "model_name": "member", "field_name": field}
        response = staff().get("/admin/autocomplete/", source | {"term": term})
        return [each["text"] for each in response.json()["results"]]

    assert suggestions("tenant", "blue") == ["Blue Fin Sushi"]
    assert suggestions("person", "waiter@b") == ["waiter@bluefin.test"]


def test_a_role_is_changed(staff: Staff, aurora: House, bluefin: House) -> None:
    browser = staff()
    page = member_page(aurora.members["waiter"], "change_role")

    assert browser.get(page).status_code == 200
    assert Member.objects.get(pk=aurora.members["waiter"].pk).role == Role.WAITER
    response = browser.post(page, {"role": "manager"})

    assert response["Location"] == member_page(aurora.members["waiter"], "change")
    assert Member.objects.get(pk=aurora.members["waiter"].pk).role == Role.MANAGER
    assert Member.objects.get(pk=bluefin.members["waiter"].pk).role == Role.WAITER
    assert LogEntry.objects.get().get_change_message() == "waiter@aurora.test is now Manager."


def test_a_membership_is_revoked(staff: Staff, aurora: House) -> None:
    browser = staff()
    waiter = aurora.members["waiter"]

    assert browser.get(member_page(waiter, "revoke")).status_code == 200
    assert Member.objects.get(pk=waiter.pk).revoked_at is None
    browser.post(member_page(waiter, "revoke"))

    assert Member.objects.get(pk=waiter.pk).revoked_at is not None
    assert LogEntry.objects.get().get_change_message() == (
        "waiter@aurora.test is no longer a member."
    )


@pytest.mark.parametrize(("page", "data"), [("change_role", {"role": "waiter"}), ("revoke", {})])
def test_a_rule_in_the_way_is_said_on_the_page(
    staff: Staff, aurora: House, page: str, data: dict[str, str]
) -> None:
    owner = aurora.members["owner"]

    response = staff().post(member_page(owner, page), data)

    assert "A business needs at least one owner" in response.content.decode()
    stored = Member.objects.get(pk=owner.pk)
    assert (stored.role, stored.revoked_at) == (Role.OWNER, None)
    assert not LogEntry.objects.exists()


def test_a_revoked_membership_offers_nothing_more(staff: Staff, aurora: House) -> None:
    waiter = aurora.members["waiter"]
    waiter.revoke(by=Actor.system())
    browser = staff()

    page = browser.get(member_page(waiter, "change"))

    assert page.context["actions_detail"] == []
    assert browser.post(member_page(waiter, "change_role"), {"role": "owner"}).status_code == 404
    assert Member.objects.get(pk=waiter.pk).role == Role.WAITER


@pytest.mark.parametrize(
    ("permission", "page", "allowed"),
    [
        ("tenants.view_member", "change_role", False),
        ("tenants.view_member", "revoke", False),
        ("tenants.change_member", "revoke", False),
        ("tenants.revoke_member", "change_role", False),
        ("tenants.change_member", "change_role", True),
        ("tenants.revoke_member", "revoke", True),
    ],
)
def test_each_action_has_its_own_permission(
    staff: Staff, aurora: House, permission: str, page: str, allowed: bool
) -> None:
    waiter = aurora.members["waiter"]
    browser = staff("tenants.view_member", permission)

    offered = browser.get(member_page(waiter, "change")).context["actions_detail"]
    response = browser.post(member_page(waiter, page), {"role": "manager"})

    assert (member_page(waiter, page) in [each["path"] for each in offered]) == allowed
    stored = Member.objects.get(pk=waiter.pk)
    is_changed = stored.role != Role.WAITER or stored.revoked_at is not None
    assert (response.status_code, is_changed) == ((302, True) if allowed else (403, False))


def test_looking_does_not_permit_adding(staff: Staff, aurora: House) -> None:
    browser = staff("tenants.view_member", "tenants.view_tenant")
    person = Person.objects.create(email="new@aurora.test", name="New")

    response = browser.post(
        f"{MEMBERS}add/", {"tenant": aurora.tenant.pk, "person": person.pk, "role": "owner"}
    )

    assert response.status_code == 403
    assert not person.memberships.exists()


def test_members_are_not_staff(aurora: House) -> None:
    browser = staff_browser(aurora.person("owner"))

    assert browser.get(TENANTS).status_code == 302
