"""The staff admin as a whole: its start page, who sees what, and what browsers are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from model_bakery import baker

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.common.admin import BoundedPaginator, ModelAdmin
from backend.common.mail import send_mail
from backend.conftest import Api, House, make_house
from backend.crm.models import Customer
from backend.operations.staff_admin import dashboard
from backend.tenants.models import Tenant

Staff = Callable[..., Client]


def figures(page: Any) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {each.title: (each.value, each.notes) for each in page.context["figures"]}


def test_the_start_page_tells_the_figures(
    staff: Staff, visit: Callable[..., Api], aurora: House, bluefin: House
) -> None:
    bluefin.tenant.suspend(by=Actor.system(), reason="Unpaid since October.")
    Tenant.objects.create(slug="luna", name="Luna", country="DE", currency="EUR")
    Person.objects.filter(pk=aurora.person("owner").pk).update(
        created_at=timezone.now() - timedelta(days=31)
    )
    Person.objects.filter(pk=aurora.person("waiter").pk).update(is_active=False)
    visit(aurora.person("manager"))
    browser = staff()

    page = browser.get("/admin/")

    assert figures(page)["Tenants"] == ("3", ("1 draft", "1 active", "1 suspended"))
    assert figures(page)["People"] == ("8", ("8 new in 30 days", "1 staff"))
    assert figures(page)["Signed in"] == ("2", ("1 in the portal", "1 staff"))
    assert [tenant.slug for tenant in page.context["tenants"]] == ["luna", "bluefin", "aurora"]
    sign_ups = page.context["sign_ups"]
    assert len(sign_ups) == 30
    assert (sign_ups[-1].day, sign_ups[-1].count) == (timezone.now().date(), 8)
    assert sum(bar.count for bar in sign_ups) == 8


@pytest.fixture
def analysed(db: None) -> None:
    """An estimate outlives the transaction, and so the test, that it was made in."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE crm_customer")


@pytest.mark.usefixtures("analysed")
def test_the_start_page_costs_the_same_however_many_there_are(staff: Staff, aurora: House) -> None:
    browser = staff()
    with CaptureQueriesContext(connection) as few:
        browser.get("/admin/")
    for number in range(5):
        make_house(f"house-{number}", f"House {number}", "FR", "EUR")

    with CaptureQueriesContext(connection) as many:
        browser.get("/admin/")

    assert len(many) == len(few) == 27


@pytest.mark.usefixtures("analysed")
def test_customers_are_counted_unless_there_are_too_many(
    staff: Staff, aurora: House, bluefin: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for house in (aurora, bluefin, bluefin):
        baker.make(Customer, tenant=house.tenant, name="Guest", email="", phone="", language="")
    browser = staff()

    assert figures(browser.get("/admin/"))["Customers"] == ("3", ("of all tenants",))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE crm_customer")
    monkeypatch.setattr(dashboard, "MANY", 3)
    monkeypatch.setattr(dashboard, "NEAREST", 1)
    with CaptureQueriesContext(connection) as queries:
        assert figures(browser.get("/admin/"))["Customers"][0] == "≈ 3"
    assert not [query for query in queries if 'FROM "crm_customer"' in query["sql"]]


def test_what_needs_attention_comes_first(staff: Staff, aurora: House, bluefin: House) -> None:
    aurora.app.app.keys.update(expires_at=timezone.now() + timedelta(days=13))
    bluefin.app.app.keys.update(expires_at=timezone.now() + timedelta(days=15))
    send_mail.defer(message="")
    luna = Tenant.objects.create(slug="luna", name="Luna", country="DE", currency="EUR")
    luna.provision(by=Actor.system())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")

    attention = staff().get("/admin/").context["attention"]

    assert [each.address for each in attention] == [
        "/admin/procrastinate/procrastinatejob/?state=failed",
        f"/admin/tenants/tenant/{luna.pk}/change/",
        f"/admin/client_apps/clientapp/{aurora.app.app.pk}/change/",
        "/admin/billing/seller/add/",
    ]


def test_nobody_sees_more_than_they_may(staff: Staff, aurora: House) -> None:
    browser = staff("tenants.view_tenant")

    page = browser.get("/admin/")

    assert list(figures(page)) == ["Tenants"]
    assert "waiter@aurora.test" not in page.content.decode()
    assert [
        item["title"] for group in page.context["sidebar_navigation"] for item in group["items"]
    ] == ["Overview", "Tenants"]
    for path in ("accounts/person/", "accounts/session/", "client_apps/clientapp/", "auth/group/"):
        assert browser.get(f"/admin/{path}").status_code == 403


def test_the_sidebar_leads_to_pages(staff: Staff) -> None:
    browser = staff()

    sidebar = browser.get("/admin/").context["sidebar_navigation"]
    links = [item["link"] for group in sidebar for item in group["items"]]

    pages = {path: browser.get(path, follow=True).status_code for path in links}
    assert pages == dict.fromkeys(links, 200)
    assert {"/admin/tenants/tenant/", "/admin/accounts/person/", "/admin/auth/group/"} <= {*links}


def test_every_page_stands_on_the_house_base() -> None:
    strangers = [
        model._meta.label
        for model, page in admin.site._registry.items()
        if not isinstance(page, ModelAdmin)
    ]

    assert strangers == []


@pytest.mark.django_db
def test_the_permissions_that_actions_ask_for_exist() -> None:
    asked = {
        permission
        for page in admin.site._registry.values()
        for action in page._get_base_actions_detail()
        for permission in action.method.allowed_permissions
    }

    known = Permission.objects.values_list("content_type__app_label", "codename")
    assert asked - {f"{app}.{codename}" for app, codename in known} == set()
    assert "client_apps.rotate_clientapp" in asked


def test_a_long_list_is_counted_to_the_bound(
    staff: Staff, aurora: House, bluefin: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BoundedPaginator, "most", 3)
    browser = staff()

    everyone = browser.get("/admin/tenants/member/")
    few = browser.get("/admin/tenants/member/?role__exact=waiter")

    assert everyone.context["cl"].result_count == 3
    assert "the first 3 members" in everyone.content.decode()
    assert few.context["cl"].result_count == 2
    assert "the first" not in few.content.decode()


@pytest.mark.parametrize(
    ("path", "script"),
    [
        ("/admin/", "'self' 'unsafe-eval'"),
        ("/admin/login/", "'self' 'unsafe-eval'"),
        ("/api/docs/", "'self'"),
        ("/api/v1/me/", None),
        ("/health/live", None),
        ("/nowhere/", None),
    ],
)
def test_only_pages_may_load_anything(staff: Staff, path: str, script: str | None) -> None:
    policy = dict(
        directive.split(" ", 1)
        for directive in staff().get(path)["Content-Security-Policy"].split("; ")
    )

    assert policy.get("script-src") == script
    assert policy["default-src"] == ("'self'" if script else "'none'")
    assert policy["frame-ancestors"] == "'none'"


def test_the_badge_says_where_one_is(staff: Staff) -> None:
    with override_settings(ENVIRONMENT="Staging"):
        assert staff().get("/admin/").context["environment"] == ("Staging", "warning")


def test_staff_are_refused_on_a_page(staff: Staff, aurora: House) -> None:
    browser = staff("tenants.view_tenant")

    forbidden = browser.get("/admin/accounts/person/")
    missing = browser.get("/admin/nowhere/")

    assert (forbidden.status_code, missing.status_code) == (403, 404)
    assert "You may not do this" in forbidden.content.decode()
    assert "There is nothing here" in missing.content.decode()


def test_callers_of_the_api_are_not(client: Client) -> None:
    response = client.get("/nowhere/")

    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not-found"
