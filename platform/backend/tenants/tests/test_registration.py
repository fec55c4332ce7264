"""POST tenants/: a person registers their business."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from backend.accounts.models import Person
from backend.audit.models import AuditEvent
from backend.conftest import Api, House
from backend.tenants.models import Member, TaxRate, Tenant
from backend.tenants.tests.conftest import do
from backend.tenants.workflows.register_tenant import MOST_DRAFTS

Visit = Callable[..., Api]
LUNA = {"name": "Café Luna", "country": "DE"}


def errors(response: Any) -> list[tuple[str, str]]:
    assert response.status_code == 400, response.content
    return [(error["field"], error["code"]) for error in response.json()["errors"]]


@pytest.fixture
def anybody(visit: Visit, paula: Person) -> Api:
    """The portal on behalf of Paula, in no tenant."""
    return visit(paula)


def test_a_draft_is_made_of_which_one_is_the_owner(
    anybody: Api, paula: Person, bluefin: House
) -> None:
    response = anybody.post("tenants/", LUNA)

    assert response.status_code == 201
    tenant = Tenant.objects.get(slug="cafe-luna")
    shown = response.json()
    assert (shown["id"], shown["state"], shown["can"]) == (
        str(tenant.pk), "draft", ["update", "provision"],
    )  # fmt: skip
    assert list(tenant_members(tenant)) == [(paula.pk, "owner", None)]
    assert not TaxRate.objects.exists()
    assert Tenant.objects.count() == 2


def tenant_members(tenant: Tenant) -> Any:
    return Member.objects.filter(tenant=tenant).values_list("person_id", "role", "revoked_at")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"country": "DE"}, ("EUR", "de", "Europe/Berlin")),
        ({"country": "IT"}, ("EUR", "en", "Europe/Rome")),
        ({"country": "GB"}, ("GBP", "en", "Europe/London")),
        (
            {"country": "CH", "currency": "EUR", "language": "en", "time_zone": "Europe/Busingen"},
            ("EUR", "en", "Europe/Busingen"),
        ),
    ],
)
def test_what_is_not_given_comes_from_the_country(
    anybody: Api, given: dict[str, str], expected: tuple[str, str, str]
) -> None:
    shown = anybody.post("tenants/", {"name": "Luna", **given}).json()
    assert (shown["currency"], shown["language"], shown["time_zone"]) == expected


def test_all_that_is_given_is_kept_tidily(anybody: Api) -> None:
    details = {
        "name": "  Café   Luna ",
        "country": "DE",
        "legal_name": "Luna GmbH",
        "street": "Torstraße 1",
        "postcode": "10119",
        "city": "Berlin",
        "vat_id": "de 136 695 976",
    }
    shown = anybody.post("tenants/", details).json()
    expected = details | {"name": "Café Luna", "vat_id": "DE136695976"}
    assert {name: shown[name] for name in details} == expected


def test_it_is_put_on_record(anybody: Api, paula: Person) -> None:
    tenant_id = anybody.post("tenants/", LUNA).json()["id"]

    event = AuditEvent.objects.get()
    assert (event.action, str(event.tenant_id)) == ("tenant.registered", tenant_id)
    assert (event.by_kind, event.by_id, event.address) == ("person", paula.pk, "203.0.113.7")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": ""}, [("name", "blank")]),
        ({"name": None}, [("name", "null")]),
        ({"name": "x" * 201}, [("name", "max-length")]),
        ({"name": "\u200b"}, [("name", "blank")]),
        ({"name": "a\x00b"}, [("name", "null-characters-not-allowed"), ("name", "control")]),
        ({"country": "XX"}, [("country", "country")]),
        ({"country": "de"}, [("country", "country")]),
        ({"country": 7}, [("country", "country")]),
        ({"currency": "XBT"}, [("currency", "currency")]),
        ({"language": "fr"}, [("language", "language")]),
        ({"time_zone": "Europe/Bolzano"}, [("time_zone", "time-zone")]),
        ({"time_zone": "localtime"}, [("time_zone", "time-zone")]),
        ({"vat_id": "IT00743110157"}, [("vat_id", "vat-id")]),
        ({"vat_id": "x" * 41}, [("vat_id", "max-length")]),
        ({"state": "active"}, [("state", "unknown")]),
        ({"slug": "aurora"}, [("slug", "unknown")]),
        ({"tax_rates": []}, [("tax_rates", "unknown")]),
    ],
)
def test_a_wrong_detail_is_said_at_its_field(
    anybody: Api, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = errors(anybody.post("tenants/", LUNA | changes))
    assert found
    assert set(found) <= set(expected)
    assert not Tenant.objects.exists()


def test_name_and_country_are_needed(anybody: Api) -> None:
    assert errors(anybody.post("tenants/", {})) == [("name", "required"), ("country", "required")]


def test_the_same_name_gets_a_number(anybody: Api, aurora: House) -> None:
    slugs = [
        anybody.post("tenants/", {"name": name, "country": "IT"}).json()["slug"]
        for name in ("Aurora", "AURORA!", "aurora 2", "Aurora")
    ]
    assert slugs == ["aurora-2", "aurora-3", "aurora-2-2", "aurora-4"]


def test_nobody_has_more_drafts_than_the_limit(anybody: Api, visit: Visit, aurora: House) -> None:
    for number in range(MOST_DRAFTS):
        assert anybody.post("tenants/", LUNA | {"name": f"Luna {number}"}).status_code == 201

    refused = anybody.post("tenants/", LUNA)

    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-drafts")
    assert refused.json()["limit"] == MOST_DRAFTS
    assert Tenant.objects.filter(state="draft").count() == MOST_DRAFTS
    # Others may, and so may Paula once one of hers is under way.
    assert visit(aurora.person("waiter")).post("tenants/", LUNA).status_code == 201
    do(Tenant.objects.get(slug="luna-0"), "provision")
    assert anybody.post("tenants/", LUNA).status_code == 201


def test_nobody_in_particular_registers_nothing(portal: Api, aurora: House) -> None:
    assert portal.post("tenants/", LUNA).status_code == 401
    refused = aurora.app.post("tenants/", LUNA)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert Tenant.objects.get() == aurora.tenant


def test_it_does_not_matter_where_one_is(visit: Visit, aurora: House) -> None:
    """A waiter may have a business of her own, and has nothing to say in the present one."""
    waiter = visit(aurora.person("waiter"), aurora.tenant)
    shown = waiter.post("tenants/", LUNA).json()
    assert (shown["slug"], shown["can"]) == ("cafe-luna", ["update", "provision"])
    assert Member.objects.get(tenant_id=shown["id"]).person == aurora.person("waiter")


def test_pressing_twice_registers_once(anybody: Api) -> None:
    first, second = (anybody.post("tenants/", LUNA, idempotency_key="k1") for _ in range(2))
    assert first.json() == second.json()
    assert Tenant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_at_once_all_get_a_name_and_nobody_passes_the_limit(visit: Visit, aurora: House) -> None:
    people = [Person.objects.create(email=f"p{n}@x.test", name="P") for n in range(3)]
    calls = [visit(person) for person in people for _ in range(MOST_DRAFTS + 1)]

    def register(api: Api) -> int:
        try:
            return int(api.post("tenants/", {"name": "Aurora", "country": "IT"}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(register, calls))

    assert sorted(statuses) == [201] * 15 + [409] * 3
    slugs = set(Tenant.objects.values_list("slug", flat=True))
    assert slugs == {"aurora", *(f"aurora-{number}" for number in range(2, 17))}
    assert Member.objects.filter(tenant__slug="aurora-16").count() == 1
