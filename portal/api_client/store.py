"""Files into the store, each by the address that the platform gave for it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import cache
from typing import IO, Protocol

import structlog
import urllib3
from django.conf import settings
from urllib3.exceptions import HTTPError

log = structlog.get_logger(__name__)

TAKEN = frozenset({200, 201, 204, 409})
"""409: it is there already, as the same form was sent twice. What is there is looked at anyway."""
CHUNK = 64 * 1024


class StoreRefused(Exception):
    """The store didn't take the file, or couldn't be reached in time."""


class Store(Protocol):
    def put(self, url: str, headers: Mapping[str, str], file: IO[bytes], size: int) -> None: ...


class HttpStore:
    """Sends a file from memory piece by piece, so that no second copy of it is made.

    The signed address is for this file alone: neither redirects nor another try make sense, and
    nothing of what identifies the portal or its visitor goes along.
    """

    def __init__(self, *, patience: float, timeout: float) -> None:
        """`patience` is for each step of the way, `timeout` for the whole of it. Seconds."""
        self.patience = patience
        self.timeout = timeout
        self.pool = urllib3.PoolManager(num_pools=2, maxsize=4, retries=False)

    def put(self, url: str, headers: Mapping[str, str], file: IO[bytes], size: int) -> None:
        """Raises StoreRefused. `size` bytes from the beginning of `file`."""
        file.seek(0)
        deadline = time.monotonic() + self.timeout
        try:
            response = self.pool.request(
                "PUT",
                url,
                body=_pieces(file, size, deadline),
                headers={**headers, "Content-Length": str(size)},
                redirect=False,
                timeout=urllib3.Timeout(connect=self.patience, read=self.patience),
            )
        except HTTPError as error:
            log.warning("store.unreachable", error=type(error).__name__)
            raise StoreRefused from error
        if response.status not in TAKEN:
            log.warning("store.refused", status=response.status)
            raise StoreRefused


def _pieces(file: IO[bytes], size: int, deadline: float) -> Iterator[bytes]:
    """Only until a deadline: a store that takes its time must not hold us."""
    while size and (piece := file.read(min(CHUNK, size))):
        size -= len(piece)
        if time.monotonic() > deadline:
            raise TimeoutError
        yield piece


@cache
def store() -> Store:
    """This process's way to the store. Made at the first file, hence after gunicorn has forked."""
    return HttpStore(patience=settings.PLATFORM_TIMEOUT, timeout=settings.PLATFORM_FILE_TIMEOUT)
