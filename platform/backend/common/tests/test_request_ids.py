"""A request's id goes in, through and out; the access line says what happened, of nobody."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from backend.conftest import House

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def access_line(path: str, **headers: str) -> tuple[Any, dict[str, Any]]:
    """The reply, and what was logged about it."""
    with capture_logs(processors=[merge_contextvars]) as lines:
        response = Client().get(path, headers=headers)
    (line,) = [line for line in lines if line["event"] == "request"]
    return response, line


def test_a_given_id_is_logged_and_sent_back(db: None) -> None:
    response, line = access_line("/api/v1/tenant/", **{"x-request-id": "of-the-portal.1"})

    assert response["X-Request-ID"] == line["request_id"] == "of-the-portal.1"


@pytest.mark.parametrize("given", ["", "short", "x" * 129, 'forged","level":"error', "of\tthe"])
def test_an_unusable_id_is_replaced(db: None, given: str) -> None:
    first, line = access_line("/api/v1/tenant/", **{"x-request-id": given})
    second, _ = access_line("/api/v1/tenant/", **{"x-request-id": given})

    assert first["X-Request-ID"] == line["request_id"] != given
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_a_trace_is_followed(db: None) -> None:
    _, line = access_line("/api/v1/tenant/", traceparent=f"00-{TRACE}-00f067aa0ba902b7-01")

    assert line["trace_id"] == TRACE


@pytest.mark.parametrize("given", [TRACE, f"00-{TRACE}-00f067aa0ba902b7-01 and more"])
def test_what_is_no_trace_is_not(db: None, given: str) -> None:
    _, line = access_line("/api/v1/tenant/", traceparent=given)

    assert "trace_id" not in line


def test_it_names_app_and_tenant_but_not_what_was_searched_for(aurora: House) -> None:
    _, line = access_line("/api/v1/crm/customers/?q=rossi", **aurora.app.headers)

    del line["ms"], line["request_id"]
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "GET",
        "path": "/api/v1/crm/customers/",
        "status": 200,
        "app": str(aurora.app.app.pk),
        "tenant": "aurora",
    }


def test_a_healthy_answer_is_no_news(db: None) -> None:
    with capture_logs() as lines:
        response = Client().get("/health/live")

    assert (response.status_code, lines) == (200, [])
