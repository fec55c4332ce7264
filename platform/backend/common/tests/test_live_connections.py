"""Staff's forms arrive although the database was restarted since the page was opened."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from backend.conftest import database_address


def cut() -> None:
    """As the end of the server cuts all connections, of which the process hears nothing."""
    assert connection.connection is not None
    process = connection.connection.info.backend_pid
    with psycopg.connect(database_address(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [process])


@pytest.mark.django_db(transaction=True)
def test_staff_sign_in_on_a_new_connection() -> None:
    client = Client()
    assert client.get("/admin/login/").status_code == 200
    connection.ensure_connection()
    cut()
    response = client.post("/admin/login/", {"username": "nobody@tavola.test", "password": "x"})
    assert response.status_code == 200
    assert "Please enter" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_without_it_they_would_meet_the_dead_one() -> None:
    connection.ensure_connection()
    cut()
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.close()
