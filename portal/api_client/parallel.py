"""Several calls at once, for the page that needs more than one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import Any, TypeVar, overload

import structlog

from portal.api_client.errors import PlatformError

log = structlog.get_logger(__name__)

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


@cache
def threads() -> ThreadPoolExecutor:
    """Those of this process, made at the first need, hence after gunicorn has forked."""
    return ThreadPoolExecutor(max_workers=16, thread_name_prefix="parallel")


@overload
def parallel(first: Callable[[], A], second: Callable[[], B], /) -> tuple[A, B]: ...
@overload
def parallel(
    first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], /
) -> tuple[A, B, C]: ...


def parallel(first: Callable[[], Any], /, *others: Callable[[], Any]) -> tuple[Any, ...]:
    """The results in order. Takes as long as the slowest; an error of any is raised.

    The first runs in the calling thread, so that what its reply sets for the page (language, time
    zone) is set where the page is rendered.
    """
    waiting = [threads().submit(copy_context().run, each) for each in others]
    return (first(), *(each.result() for each in waiting))


def afterwards(call: Callable[[], Any]) -> None:
    """Makes a call whose reply no page waits for. An error is only logged."""
    threads().submit(copy_context().run, _alone, call)


def _alone(call: Callable[[], Any]) -> None:
    try:
        call()
    except PlatformError as error:
        log.info("platform_error", error=type(error).__name__, code=error.code)
