"""What the guide to the API says is so: its addresses, its codes, its figures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import resolve

from backend.client_apps.models.app import MOST_APPS, MOST_KEYS
from backend.client_apps.models.key import KEY_PREFIX
from backend.common.api.pagination import DEFAULT_LIMIT, MOST
from backend.common.idempotency import LIFETIME
from backend.common.problems import Problem
from backend.common.rate_classes import DEFAULTS
from backend.conftest import House

GUIDE = (Path(settings.ROOT_DIR) / "docs" / "api-guide.md").read_text()
# From DRF's and Django's own exceptions, which are no subclasses of ours.
BUILT_IN = {"invalid", "malformed-json", "timed-out", "internal-error"}


def problems(base: type[Problem] = Problem) -> set[tuple[int, str]]:
    found = {(base.status_code, base.code)}
    return found.union(*(problems(each) for each in base.__subclasses__()))


@pytest.mark.parametrize("path", sorted(set(re.findall(r"PLATFORM(/api/v1/[\w/-]*)", GUIDE))))
def test_its_addresses_are_served(path: str) -> None:
    assert resolve(path).func


def test_its_codes_are_ours() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \| (.*?) \|", GUIDE, re.MULTILINE)
    named = {
        (int(status), code)
        for statuses, codes in rows
        for status, code in zip(statuses.split(", "), re.findall("`([^`]+)`", codes), strict=False)
    }
    assert len(named) > 8
    assert {pair for pair in named if pair[1] not in BUILT_IN} <= problems()


def test_its_figures_are_ours() -> None:
    read, write, bulk = (int(DEFAULTS[name].split("/")[0]) for name in ("read", "write", "bulk"))
    for figure in (
        f"`limit` is 1 to {MOST}, and {DEFAULT_LIMIT} unless told",
        f"{read:,} reads and {write} writes a minute, and {bulk} imports or exports",
        f"at most {MOST_APPS} apps, and an app {MOST_KEYS} keys",
        f"For {LIFETIME.total_seconds() / 3600:.0f} hours",
        f"KEY={KEY_PREFIX}",
    ):
        assert figure in GUIDE, figure


def test_a_second_sending_is_what_it_says(aurora: House) -> None:
    body = {"name": "Dora Klein"}
    replies: list[Any] = [
        aurora.app.post("crm/customers/", body, idempotency_key="booking-4711") for _ in range(2)
    ]
    assert replies[0].json() == replies[1].json()
    assert replies[1]["Idempotency-Replayed"] == "true"
    assert {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} <= set(replies[1].headers)
