"""Staff see who asked for what and why it failed; the archives are the tenants' own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.audit.models import AuditEvent
from backend.conftest import House
from backend.exports.models import TenantExport
from backend.exports.tests.conftest import ask, put_in_state

pytestmark = pytest.mark.django_db
LIST = "/admin/exports/tenantexport/"
Staff = Callable[..., Client]


def page_of(export: TenantExport) -> str:
    return f"{LIST}{export.pk}/change/"


def test_the_list_tells_how_each_stands(aurora: House, bluefin: House, staff: Staff) -> None:
    put_in_state(ask(aurora), "ready")
    put_in_state(ask(bluefin), "failed")
    text = staff().get(LIST).content.decode()
    for shown in ("Trattoria Aurora", "Blue Fin Sushi", "Ready", "Failed", "14 of 14", "178.9"):
        assert shown in text, shown
    assert "The archive could not be stored" in text
    only = staff().get(f"{LIST}?state__exact=failed").content.decode()
    assert "Till" in only
    assert "178.9" not in only


def test_a_failure_is_told_in_full(aurora: House, staff: Staff) -> None:
    export = put_in_state(ask(aurora), "failed")
    text = staff().get(page_of(export)).content.decode()
    assert "NoSuchBucket at https://internal.example" in text
    assert "waiting" in text
    assert "(&#x27;failed&#x27;" not in text
    assert "The archive could not be stored" in text


def test_staff_get_no_archive(aurora: House, staff: Staff, kept: Path) -> None:
    export = put_in_state(ask(aurora), "ready")
    text = staff().get(page_of(export)).content.decode()
    assert "link=" not in text
    assert export.archive not in text
    assert not AuditEvent.objects.filter(action="export.downloaded").exists()


def test_nothing_can_be_changed(aurora: House, staff: Staff) -> None:
    export = put_in_state(ask(aurora), "ready")
    before = TenantExport.objects.values().get()
    browser = staff()
    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.post(page_of(export), {"state": "expired"}).status_code == 403
    assert browser.post(f"{LIST}{export.pk}/delete/", {"post": "yes"}).status_code == 403
    assert TenantExport.objects.values().get() == before


def test_only_who_may_look_sees_it(aurora: House, staff: Staff) -> None:
    put_in_state(ask(aurora), "failed")
    assert staff("tenants.view_tenant").get(LIST).status_code == 403
    assert staff("exports.view_tenantexport").get(LIST).status_code == 200


def test_the_list_costs_the_same_whatever_its_length(
    aurora: House, bluefin: House, staff: Staff
) -> None:
    browser = staff()
    counts = []
    for house in (aurora, bluefin):
        put_in_state(ask(house), "ready")
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(LIST).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
