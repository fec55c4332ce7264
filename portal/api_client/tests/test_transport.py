from __future__ import annotations

import threading
import time
from unittest.mock import Mock

import pytest

from portal.api_client import paths, transport
from portal.api_client.errors import Unexpected, Unreachable
from portal.api_client.paths import Operation
from portal.api_client.tests.servers import (
    BROKEN,
    BUSY,
    DRIP,
    ELSEWHERE,
    HANG_UP,
    OK,
    SLEEP,
    closed_port,
    serving,
)
from portal.api_client.transport import Call, Download, HttpTransport, Reply

READ = Call(operation=paths.GET_ME, url="/api/v1/me/", headers={"X-Request-ID": "abc"})


def wire(address: str, *, connect: float = 5, read: float = 5) -> HttpTransport:
    return HttpTransport(base_url=address, connect_timeout=connect, read_timeout=read)


def write(*, key: str = "") -> Call:
    return Call(
        operation=Operation("POST", "crm/customers/"),
        url="/api/v1/crm/customers/",
        headers={"Idempotency-Key": key} if key else {},
        body=b"{}",
    )


def test_it_sends_what_it_is_given_and_reads_the_reply():
    with serving(OK) as server:
        reply = wire(server.address).send(READ)

    assert (reply.status, reply.body) == (200, b"{}")
    assert reply.headers["content-type"] == "application/json"
    assert server.requests[0].startswith(b"GET /api/v1/me/ HTTP/1.1\r\n")
    assert b"X-Request-ID: abc" in server.requests[0]


def test_one_connection_serves_many_calls():
    with serving(OK) as server:
        one = wire(server.address)
        for _ in range(5):
            one.send(READ)

    assert server.connections == 1


@pytest.mark.parametrize("passing", [BUSY, HANG_UP])
def test_a_read_is_tried_again(passing):
    with serving(passing, passing, OK) as server:
        assert wire(server.address).send(READ).status == 200

    assert len(server.requests) == 3


def test_a_read_is_tried_three_times_and_no_more():
    with serving(BUSY) as server:
        assert wire(server.address).send(READ).status == 503

    assert len(server.requests) == 3


@pytest.mark.parametrize("passing", [BUSY, HANG_UP])
def test_a_write_with_a_key_is_tried_again_with_the_same_key(passing):
    with serving(passing, OK) as server:
        assert wire(server.address).send(write(key="k1")).status == 200

    assert [b"Idempotency-Key: k1" in each for each in server.requests] == [True, True]


def test_a_write_without_a_key_is_never_tried_again():
    with serving(BUSY, OK) as server:
        assert wire(server.address).send(write()).status == 503
    with serving(HANG_UP, OK) as silent, pytest.raises(Unreachable):
        wire(silent.address).send(write())

    assert (len(server.requests), len(silent.requests)) == (1, 1)


def test_a_failure_that_wont_pass_is_not_tried_again():
    with serving(BROKEN, OK) as server:
        assert wire(server.address).send(READ).status == 500

    assert len(server.requests) == 1


def test_between_attempts_it_waits_for_a_random_while(monkeypatch):
    waits = []
    monkeypatch.setattr(transport.time, "sleep", waits.append)
    with serving(BUSY) as server:
        for _ in range(4):
            wire(server.address).send(READ)

    assert len(set(waits)) == 8
    assert all(0 <= wait <= 0.05 for wait in waits[::2])
    assert all(0 <= wait <= 0.1 for wait in waits[1::2])


def test_nobody_there_is_unreachable_at_once():
    began = time.monotonic()
    with pytest.raises(Unreachable):
        wire(closed_port(), read=5).send(READ)

    assert time.monotonic() - began < 3


def test_silence_is_unreachable_after_the_timeout_and_not_tried_again():
    with serving(SLEEP) as server:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            wire(server.address, read=0.3).send(READ)
        took = time.monotonic() - began

    assert 0.25 < took < 5
    assert len(server.requests) == 1


def test_a_reply_that_drips_is_unreachable_within_the_timeout():
    dripping = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + (b"x" + DRIP) * 100
    with serving(dripping) as server:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            wire(server.address, read=0.3).send(READ)

    assert time.monotonic() - began < 5


def test_an_attempt_has_only_the_time_that_those_before_it_left(monkeypatch):
    with serving(DRIP * 3 + BUSY, OK) as server:
        slow = wire(server.address)
        send = Mock(wraps=slow.pool.urlopen)
        monkeypatch.setattr(slow.pool, "urlopen", send)
        slow.send(READ)

    first, second = [each.kwargs["timeout"].read_timeout for each in send.call_args_list]
    assert first <= 5
    assert second <= first - 0.29


def test_no_redirect_is_followed():
    with serving(ELSEWHERE) as server:
        reply = wire(server.address).send(READ)

    assert reply.status == 302
    assert len(server.requests) == 1


def test_no_cookie_is_kept_for_the_next_visitor():
    with_cookie = OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: sessionid=of-giulia\r\n\r\n", 1)
    with serving(with_cookie) as server:
        one = wire(server.address)
        one.send(READ)
        one.send(READ)

    assert b"of-giulia" not in server.requests[1]


def test_the_environment_has_no_say(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", closed_port())
    monkeypatch.setenv("http_proxy", closed_port())
    with serving(OK) as server:
        assert wire(server.address).send(READ).status == 200


def test_a_reply_beyond_all_measure_is_refused(monkeypatch):
    monkeypatch.setattr(transport, "MOST_BYTES", 1000)
    huge = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000
    with serving(huge) as server, pytest.raises(Unexpected):
        wire(server.address).send(READ)


def test_a_download_is_passed_on_whatever_its_length(monkeypatch):
    monkeypatch.setattr(transport, "MOST_BYTES", 1000)
    huge = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000
    with serving(huge) as server:
        reply = wire(server.address).download(READ)
        assert isinstance(reply, Download)
        assert sum(map(len, reply.chunks)) == 5000


def test_a_reply_in_chunks_is_put_together():
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with serving(chunked + b"1\r\n{\r\n" + DRIP + b"1\r\n}\r\n0\r\n\r\n") as server:
        assert wire(server.address).send(READ).body == b"{}"


def test_a_refused_download_is_a_reply():
    with serving(BROKEN) as server:
        reply = wire(server.address).download(READ)

    assert isinstance(reply, Reply)
    assert (reply.status, reply.body) == (500, b"{}")


def test_a_download_that_breaks_off_says_so():
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 100
    with serving(half) as server:
        reply = wire(server.address, read=0.2).download(READ)
        assert isinstance(reply, Download)
        with pytest.raises(Unreachable):
            list(reply.chunks)


def test_threads_share_it():
    replies = []
    with serving(OK) as server:
        one = wire(server.address, read=5)
        threads = [
            threading.Thread(target=lambda: replies.append(one.send(READ).status))
            for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert replies == [200] * 16


def test_what_handles_a_whole_file_may_take_longer():
    upload = Call(operation=paths.IMPORT_CUSTOMERS, url="/api/v1/crm/imports/", headers={})
    with serving(SLEEP) as server:
        patient = HttpTransport(
            base_url=server.address, connect_timeout=0.5, read_timeout=0.1, file_timeout=0.5
        )
        began = time.monotonic()
        with pytest.raises(Unreachable):
            patient.send(upload)

        assert 0.4 < time.monotonic() - began < 2
