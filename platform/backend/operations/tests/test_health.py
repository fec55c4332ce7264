"""The health addresses, as an orchestrator asks them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from backend.operations import readiness


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    readiness._check_migrations.cache_clear()
    yield
    readiness._check_migrations.cache_clear()


def database_is_gone(*args: Any) -> None:
    raise OperationalError("connection to server at 10.1.2.3 failed: password was s3cret")


@pytest.mark.parametrize("path", ["/health/", "/health/live"])
def test_live_answers_without_a_database(client: Client, path: str) -> None:
    """pytest-django refuses every query here."""
    response = client.get(path)

    assert response.status_code == 200
    assert response.json() == {"status": "live"}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_costs_one_query_after_the_first(
    client: Client, django_assert_num_queries: Any
) -> None:
    assert client.get("/health/ready").json() == {"status": "ready"}

    with django_assert_num_queries(1):
        assert client.get("/health/ready").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_ready_is_a_calm_503_without_the_database_and_recovers(client: Client) -> None:
    with connection.execute_wrapper(database_is_gone):
        response = client.get("/health/ready")

    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert response["Retry-After"] == "5"
    body = response.json()
    assert (body["code"], body["detail"]) == ("not-ready", "The database doesn't answer.")
    assert "10.1.2.3" not in response.text
    assert client.get("/health/ready").status_code == 200


@pytest.mark.django_db
def test_ready_waits_for_migrations_and_notices_them(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    [newest] = MigrationLoader(connection).graph.leaf_nodes("crm")
    recorder.record_unapplied(*newest)

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["detail"] == "Migrations not applied yet: 1."
    recorder.record_applied(*newest)
    assert client.get("/health/ready").status_code == 200


@pytest.mark.parametrize("path", ["/health/", "/health/live", "/health/ready"])
def test_health_is_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
