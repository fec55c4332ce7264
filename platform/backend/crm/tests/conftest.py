"""Guests for the cast, and an eye on what is asked of the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.tenancy import tenant_scope
from backend.conftest import Api, House
from backend.crm.models import Customer


def make(house: House, name: str = "Maria Rossi", *, tags: Any = (), **values: Any) -> Customer:
    """A customer of the house, made as its members would."""
    with tenant_scope(house.tenant.id):
        return Customer.add(house.tenant.id, {"name": name, **values}, tags)


def rows(house: House, model: Any = Customer) -> list[dict[str, Any]]:
    """All that a table holds of the house: to show that a refused request changed nothing."""
    with tenant_scope(house.tenant.id):
        return list(model.objects.for_tenant(house.tenant.id).order_by("pk").values())


def upload(api: Api, content: str | bytes, name: str = "guests.csv", **headers: str) -> Any:
    """POSTs a file to the imports, as a browser would."""
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, data, "text/csv")
    sent = api.headers | {key.replace("_", "-"): value for key, value in headers.items()}
    return api.client.post("/api/v1/crm/imports/", {"file": file}, headers=sent)


@pytest.fixture
def crm_queries(db: None) -> Callable[[Callable[[], Any]], list[str]]:
    """`crm_queries(call)`: the statements on our tables, and on functions, that a call runs."""

    def run(call: Callable[[], Any]) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            call()
        return [query["sql"] for query in captured if re.search(r"\bcrm_", query["sql"])]

    return run
