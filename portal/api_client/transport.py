"""The wire to the platform: one pool of connections a process, bounded in time and size."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol
from urllib.parse import urlencode, urlsplit

import structlog
import urllib3
from django.conf import settings
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError, SSLError
from urllib3.exceptions import TimeoutError as TooSlow

from portal.api_client.errors import Unexpected, Unreachable
from portal.api_client.paths import Operation

log = structlog.get_logger(__name__)

ATTEMPTS = 3
FIRST_PAUSE = 0.05
"""Seconds; doubled for each further attempt, and a random part of it is waited."""
BUSY = frozenset({502, 503, 504})
MOST_BYTES = 8_000_000
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of an operation, before it is known how it goes over the wire."""

    operation: Operation
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    files: Mapping[str, tuple[str, bytes, str]] | None = None

    @property
    def repeatable(self) -> bool:
        """Whether doing it twice does it once: reads, and writes with an idempotency key."""
        return self.operation.method == "GET" or "Idempotency-Key" in self.headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A reply that is passed on while it arrives. Must be read to its end or closed."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


class Transport(Protocol):
    def send(self, call: Call) -> Reply: ...

    def download(self, call: Call) -> Reply | Download:
        """A `Download` when the platform agrees, the whole `Reply` when it doesn't."""
        ...


class HttpTransport:
    """Calls the platform over keep-alive connections.

    Each attempt has a connect and a read timeout, and all attempts of a call together stay within
    the read timeout: a page waits that long and no longer. What handles a whole file has
    `file_timeout`. Threads share it: no cookie is kept, no redirect followed, and the pool beneath
    is made for threads.
    """

    def __init__(
        self,
        *,
        base_url: str,
        connect_timeout: float,
        read_timeout: float,
        file_timeout: float | None = None,
    ) -> None:
        self.prefix = urlsplit(base_url).path.rstrip("/")
        self.connect_timeout = connect_timeout
        self.read_timeout = read_timeout
        self.file_timeout = file_timeout or read_timeout
        # Neither proxies nor passwords from the environment, and nobody's cookies for the next.
        self.pool = urllib3.connection_from_url(base_url, maxsize=32, retries=False)

    def send(self, call: Call) -> Reply:
        response, deadline = self._attempts(call)
        with contextlib.closing(response):
            return self._whole(response, call, deadline)

    def download(self, call: Call) -> Reply | Download:
        response, deadline = self._attempts(call)
        if response.status != 200:
            with contextlib.closing(response):
                return self._whole(response, call, deadline)
        return Download(
            status=response.status, headers=response.headers, chunks=self._chunks(response)
        )

    def _attempts(self, call: Call) -> tuple[urllib3.BaseHTTPResponse, float]:
        """The first answer that isn't a passing failure, and the time by which to have read it."""
        takes_longer = call.operation.takes_longer
        patience = self.file_timeout if takes_longer else self.read_timeout
        deadline = time.monotonic() + patience
        attempts_left = ATTEMPTS if call.repeatable else 1
        pause = FIRST_PAUSE
        while True:
            attempts_left -= 1
            try:
                response = self._attempt(call, deadline)
            except TooSlow as error:
                raise Unreachable from error
            except (NewConnectionError, ProtocolError, SSLError) as error:
                if not attempts_left or time.monotonic() + pause >= deadline:
                    raise Unreachable from error
            except (HTTPError, ValueError) as error:
                raise Unexpected from error
            else:
                busy = response.status in BUSY
                if not busy or not attempts_left or time.monotonic() + pause >= deadline:
                    return response, deadline
                response.close()
            log.info("platform.retry", operation=str(call.operation), attempts_left=attempts_left)
            time.sleep(random.uniform(0, pause))  # noqa: S311 -- spreads load, guards nothing
            pause *= 2

    def _attempt(self, call: Call, deadline: float) -> urllib3.BaseHTTPResponse:
        headers, body = dict(call.headers), call.body
        if call.files:
            body, headers["Content-Type"] = urllib3.encode_multipart_formdata(call.files)
        left = max(0.05, deadline - time.monotonic())
        return self.pool.urlopen(
            call.operation.method,
            self.prefix + call.url + (f"?{urlencode(call.query)}" if call.query else ""),
            body=body,
            headers=headers,
            redirect=False,
            preload_content=False,
            timeout=urllib3.Timeout(connect=min(self.connect_timeout, left), read=left),
        )

    def _whole(self, response: urllib3.BaseHTTPResponse, call: Call, deadline: float) -> Reply:
        """The body, read within the deadline and the size that a page can need."""
        body = bytearray()
        for chunk in self._chunks(response):
            body += chunk
            if len(body) > MOST_BYTES:
                log.error("platform.reply_too_large", operation=str(call.operation))
                raise Unexpected
            if time.monotonic() > deadline:
                raise Unreachable
        return Reply(
            status=response.status,
            headers=response.headers,
            body=bytes(body),
        )

    def _chunks(self, response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        with contextlib.closing(response):
            try:
                # What one read from the socket gives: a reply that drips must not hold us longer
                # than the deadline, which is looked at between chunks.
                while chunk := response.read1(CHUNK, decode_content=True):
                    yield chunk
            except HTTPError as error:
                raise Unreachable from error


@cache
def transport() -> Transport:
    """This process's wire. Made at the first call, hence after gunicorn has forked."""
    return HttpTransport(
        base_url=settings.PLATFORM_URL,
        connect_timeout=settings.PLATFORM_CONNECT_TIMEOUT,
        read_timeout=settings.PLATFORM_TIMEOUT,
        file_timeout=settings.PLATFORM_FILE_TIMEOUT,
    )
