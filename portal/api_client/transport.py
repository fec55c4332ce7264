"""The wire to the platform: one pool of connections a process, bounded in time and size."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Protocol

import requests
import structlog
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

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
        self.base_url = base_url.rstrip("/")
        self.connect_timeout = connect_timeout
        self.read_timeout = read_timeout
        self.file_timeout = file_timeout or read_timeout
        self.session = requests.Session()
        # Neither proxies nor passwords from the environment, and nobody's cookies for the next.
        self.session.trust_env = False
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=32)
        self.session.mount("http://", adapter)
        self.session.mount("https://", adapter)

    def send(self, call: Call) -> Reply:
        response, deadline = self._attempts(call)
        with contextlib.closing(response):
            return self._whole(response, call, deadline)

    def download(self, call: Call) -> Reply | Download:
        response, deadline = self._attempts(call)
        if response.status_code != 200:
            with contextlib.closing(response):
                return self._whole(response, call, deadline)
        return Download(
            status=response.status_code, headers=response.headers, chunks=self._chunks(response)
        )

    def _attempts(self, call: Call) -> tuple[requests.Response, float]:
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
            except requests.Timeout as error:
                raise Unreachable from error
            except requests.ConnectionError as error:
                if not attempts_left or time.monotonic() + pause >= deadline:
                    raise Unreachable from error
            except requests.RequestException as error:
                raise Unexpected from error
            else:
                busy = response.status_code in BUSY
                if not busy or not attempts_left or time.monotonic() + pause >= deadline:
                    return response, deadline
                response.close()
            log.info("platform.retry", operation=str(call.operation), attempts_left=attempts_left)
            time.sleep(random.uniform(0, pause))  # noqa: S311 -- spreads load, guards nothing
            pause *= 2

    def _attempt(self, call: Call, deadline: float) -> requests.Response:
        prepared = requests.Request(
            call.operation.method,
            self.base_url + call.url,
            headers=dict(call.headers),
            params=dict(call.query),
            data=call.body,
            files=call.files,
        ).prepare()
        left = max(0.05, deadline - time.monotonic())
        return self.session.send(
            prepared,
            allow_redirects=False,
            stream=True,
            timeout=(min(self.connect_timeout, left), left),
        )

    def _whole(self, response: requests.Response, call: Call, deadline: float) -> Reply:
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
            status=response.status_code,
            headers=response.headers,
            body=bytes(body),
        )

    def _chunks(self, response: requests.Response) -> Iterator[bytes]:
        with contextlib.closing(response):
            try:
                # What one read from the socket gives: a reply that drips must not hold us longer
                # than the deadline, which is looked at between chunks.
                while chunk := response.raw.read1(CHUNK, decode_content=True):
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
