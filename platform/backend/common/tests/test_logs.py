from __future__ import annotations

import sys
from secrets import token_hex
from typing import Any

import pytest
from django.db import IntegrityError

from backend.common.logs import _rendering, without_details, without_job_arguments
from backend.tenants.models import Tenant


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Starting job common.send_mail[3](message='gAAAA')", "Starting job common.send_mail[3]"),
        (
            "Job a.b[None](x='1)', y=2) ended with status: Success, lasted 0.009 s",
            "Job a.b[None] ended with status: Success, lasted 0.009 s",
        ),
        ("Shutting down (2 jobs)", "Shutting down (2 jobs)"),
    ],
)
def test_arguments_of_jobs_stay_out_of_the_logs(said: str, kept: str) -> None:
    event = {"logger": "procrastinate.worker", "event": said}

    assert without_job_arguments(None, "info", event)["event"] == kept


def test_other_lines_are_left_alone() -> None:
    event = {"logger": "access", "event": "call[1](argument)"}

    assert without_job_arguments(None, "info", event)["event"] == "call[1](argument)"


@pytest.mark.django_db
def test_a_database_error_names_no_values() -> None:
    line: Any = {"event": "broken", "level": "error"}
    Tenant.objects.create(slug="secret-slug", name="A", country="IT", currency="EUR")
    with pytest.raises(IntegrityError) as raised:
        Tenant.objects.create(slug="secret-slug", name="B", country="IT", currency="EUR")
    assert "(slug)=(secret-slug)" in str(raised.value)
    assert "secret-slug" not in without_details(str(raised.value))
    line["exc_info"] = (raised.type, raised.value, raised.tb)
    for step in _rendering(readable=False):
        line = step(None, "error", line)

    assert "tenants_tenant_slug" in line
    assert "secret-slug)" not in line


@pytest.mark.parametrize("readable", [True, False])
def test_a_traceback_names_no_values(readable: bool) -> None:
    # Made up at run time, as a traceback shows the source; short, as it cuts long values.
    password = token_hex(4)
    line: Any = {"event": "broken", "level": "error"}
    try:
        raise ZeroDivisionError(len(password))
    except ZeroDivisionError:
        line["exc_info"] = sys.exc_info()
    for step in _rendering(readable=readable):
        line = step(None, "error", line)

    assert "ZeroDivisionError" in line
    assert password not in line
