from __future__ import annotations

import time

import pytest

from portal.api_client.tests.servers import BUSY, OK, SLEEP, closed_port, serving


@pytest.mark.parametrize("page", ["/health/", "/health/live"])
def test_it_lives_whatever_the_platform_does(visitor, settings, page):
    settings.PLATFORM_URL = closed_port()

    response = visitor.get(page)

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_it_is_ready_when_the_platform_is(visitor, settings):
    with serving(OK) as server:
        settings.PLATFORM_URL = server.address
        assert visitor.get("/health/ready").status_code == 200

    assert server.requests[0].startswith(b"GET /health/ready ")


@pytest.mark.parametrize("answer", [BUSY, SLEEP])
def test_it_isnt_ready_when_the_platform_isnt(visitor, settings, answer):
    with serving(answer) as server:
        settings.PLATFORM_URL = server.address
        began = time.monotonic()
        response = visitor.get("/health/ready")

    assert response.status_code == 503
    assert time.monotonic() - began < 5


def test_customers_are_told_whether_it_is_us(visitor, settings):
    with serving(OK) as server:
        settings.PLATFORM_URL = server.address
        assert "Everything works" in visitor.get("/status/").content.decode()
    settings.PLATFORM_URL = closed_port()
    response = visitor.get("/status/")

    assert response.status_code == 200
    assert "The portal can’t reach its data" in response.content.decode()


def test_health_checks_come_by_address(visitor):
    assert visitor.get("/health/live", headers={"Host": "127.0.0.1:8001"}).status_code == 200
