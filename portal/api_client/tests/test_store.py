from __future__ import annotations

import time
from io import BytesIO

import pytest

from portal.api_client.store import CHUNK, HttpStore, StoreRefused
from portal.api_client.tests.servers import (
    BROKEN,
    ELSEWHERE,
    HANG_UP,
    OK,
    SLEEP,
    closed_port,
    serving,
)

HEADERS = {"Content-Type": "image/jpeg"}


def store(timeout: float = 5.0) -> HttpStore:
    return HttpStore(patience=min(timeout, 1.0), timeout=timeout)


def test_a_file_arrives_whole_with_what_was_signed_and_nothing_else():
    with serving(OK) as server:
        file = BytesIO(b"photo and more")
        file.seek(3)
        store().put(f"{server.address}/a?signature=s", HEADERS, file, 5 + 9)

    (request,) = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"PUT /a?signature=s HTTP/1.1"
    names = {line.partition(b":")[0].lower() for line in lines[1:]}
    assert names - {b"accept-encoding", b"user-agent"} == {
        b"host",
        b"content-type",
        b"content-length",
    }
    assert b"Content-Length: 14" in lines
    assert body in {b"photo and more", b""}


@pytest.mark.parametrize("answer", [BROKEN, ELSEWHERE, HANG_UP, b"HTTP/1.1 403 F\r\n\r\n"])
def test_all_else_is_a_refusal_and_isnt_tried_again(answer):
    with serving(answer) as server, pytest.raises(StoreRefused):
        store().put(f"{server.address}/a", HEADERS, BytesIO(b"photo"), 5)

    assert len(server.requests) == 1


def test_nobody_there_is_a_refusal():
    with pytest.raises(StoreRefused):
        store().put(f"{closed_port()}/a", HEADERS, BytesIO(b"photo"), 5)


def test_a_store_that_never_answers_is_given_up():
    began = time.monotonic()
    with serving(SLEEP) as server, pytest.raises(StoreRefused):
        store(0.3).put(f"{server.address}/a", HEADERS, BytesIO(b"photo"), 5)

    assert time.monotonic() - began < 2


def test_a_file_that_takes_too_long_on_its_way_is_given_up():
    class Slow(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            time.sleep(0.2)
            return super().read(size)

    with serving(OK) as server, pytest.raises(StoreRefused):
        store(0.3).put(f"{server.address}/a", HEADERS, Slow(b"x" * CHUNK * 5), CHUNK * 5)
