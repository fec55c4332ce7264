"""What staff see of tenants' databases, and the one thing that they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.conftest import House
from backend.database_configs.models import DatabaseValidation
from backend.database_configs.tests.conftest import events, make, nothing, rows
from backend.database_configs.workflows.validate_config import validate_config
from backend.tenants.models import Tenant

Staff = Callable[..., Client]
CONFIGS = "/admin/database_configs/databaseconfig/"
VIEW = "database_configs.view_databaseconfig"
VALIDATE = "database_configs.validate_databaseconfig"


def found(browser: Client, query: str = "") -> list[str]:
    page = browser.get(f"{CONFIGS}{query}")
    assert page.status_code == 200
    return [str(row) for row in page.context["cl"].result_list]


def validated(browser: Client, config: Any, house: House) -> None:
    assert browser.post(f"{CONFIGS}{config.pk}/validate/").status_code == 302
    (validation, *_) = reversed(rows(house, DatabaseValidation))
    validate_config(validation["id"], check=nothing)


def test_the_list_costs_the_same_however_long_it_is(
    staff: Staff, aurora: House, bluefin: House
) -> None:
    browser = staff()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            found(browser)
        return len(captured)

    make(aurora)
    few = queries()
    for number in range(5):
        make(bluefin, f"Database {number}")
    assert queries() == few


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Theirs", "Reports", "Tills"]),
        ("?q=tills", ["Tills"]),
        ("?q=bluefin.example", ["Theirs"]),
        ("?q=trattoria", ["Reports", "Tills"]),
        ("?status=unchecked", ["Theirs", "Reports"]),
        ("?status=invalid", ["Tills"]),
        ("?status=valid", []),
        ("?tls_mode=disable", ["Tills"]),
        ("?tenant__id__exact=BLUEFIN", ["Theirs"]),
    ],
)
def test_configurations_are_found(
    staff: Staff, aurora: House, bluefin: House, query: str, expected: list[str]
) -> None:
    browser = staff()
    tills = make(aurora, "Tills", host="127.0.0.1", port=1, tls_mode="disable")
    make(aurora, "Reports")
    make(bluefin, "Theirs", host="db.bluefin.example")
    validated(browser, tills, aurora)
    assert found(browser, query.replace("BLUEFIN", str(bluefin.tenant.pk))) == expected


def test_its_page_tells_what_validations_told(staff: Staff, aurora: House) -> None:
    config = make(aurora, host="127.0.0.1", port=1, tls_mode="disable")
    browser = staff()
    validated(browser, config, aurora)

    page = browser.get(f"{CONFIGS}{config.pk}/change/").content.decode()

    for text in ("Till system", "Trattoria Aurora", "127.0.0.1", "keeper", "Invalid", "Staff"):
        assert text in page
    assert "reachability: <strong>failed</strong>, closed" in page
    assert "&quot;port&quot;: 1" in page


def test_staff_neither_add_nor_change_nor_delete(staff: Staff, aurora: House) -> None:
    config = make(aurora)
    before = rows(aurora)
    browser = staff()
    assert browser.post(f"{CONFIGS}add/", {"name": "Mine"}).status_code == 403
    assert browser.post(f"{CONFIGS}{config.pk}/change/", {"name": "Mine"}).status_code == 403
    assert browser.post(f"{CONFIGS}{config.pk}/delete/", {"post": "yes"}).status_code == 403
    assert rows(aurora) == before


def test_staff_validate_and_it_is_on_record(staff: Staff, aurora: House) -> None:
    config = make(aurora, host="127.0.0.1", port=1, tls_mode="disable")
    browser = staff(VIEW, VALIDATE)
    page = browser.get(f"{CONFIGS}{config.pk}/validate/").content.decode()
    assert "We connect to 127.0.0.1, port 1" in page
    assert rows(aurora, DatabaseValidation) == []

    validated(browser, config, aurora)

    (event,) = events(aurora)
    assert (event.action, event.by_kind, event.by_name) == (
        "database-config.validated",
        "staff",
        "Staff",
    )
    assert LogEntry.objects.get().object_id == str(config.pk)


def test_one_at_a_time_for_staff_too(staff: Staff, aurora: House) -> None:
    config = make(aurora)
    browser = staff()
    path = f"{CONFIGS}{config.pk}/validate/"
    assert browser.post(path).status_code == 302

    refused = browser.post(path)

    assert refused.status_code == 200
    assert "A validation is under way" in refused.content.decode()
    assert len(rows(aurora, DatabaseValidation)) == 1


def test_who_may_only_look_doesnt_validate(staff: Staff, aurora: House) -> None:
    config = make(aurora)
    browser = staff(VIEW)
    page = browser.get(f"{CONFIGS}{config.pk}/change/")
    assert "Validate now" not in page.content.decode()

    assert browser.post(f"{CONFIGS}{config.pk}/validate/").status_code == 403

    assert rows(aurora, DatabaseValidation) == []
    assert events(aurora) == []


def test_who_may_not_look_sees_nothing(staff: Staff, aurora: House) -> None:
    config = make(aurora)
    browser = staff("tenants.view_tenant")
    for path in (CONFIGS, f"{CONFIGS}{config.pk}/change/"):
        assert browser.get(path).status_code == 403
    assert Tenant.objects.count() == 1
