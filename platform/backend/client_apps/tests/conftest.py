"""An owner at the portal, and an eye on what is asked of the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.client_apps.models import AppKey, ClientApp
from backend.conftest import Api, House


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    """Aurora's owner at the portal."""
    return visit(aurora.person("owner"), aurora.tenant)


def contents(house: House) -> list[dict[str, Any]]:
    """All apps and keys of the house: to show that a refused request changed nothing.

    Without the last use, which every request may note.
    """
    kept = [*ClientApp.objects.for_tenant(house.tenant.id).order_by("pk").values()]
    keys = AppKey.objects.for_tenant(house.tenant.id).order_by("pk").values()
    return kept + [{**key, "last_used_at": None} for key in keys]


@pytest.fixture
def app_queries(db: None) -> Callable[[Callable[[], Any]], list[str]]:
    """`app_queries(call)`: the statements on our tables that a call runs, once it is known who
    calls."""

    def run(call: Callable[[], Any]) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            call()
        ours = [each["sql"] for each in captured if re.search(r"\bclient_apps_", each["sql"])]
        return [sql for sql in ours if '"last_used_at" =' not in sql]

    return run
