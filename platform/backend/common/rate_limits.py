"""Counts requests, exactly, however many processes count at once.

On PostgreSQL by one upsert on an unlogged table, on Redis when ``REDIS_URL`` is set. A count is a
statement of its own before the request's transaction: inside it, the counter's row lock would queue
up all requests of a tenant until each has committed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import redis
from django.conf import settings
from django.db import connection

from backend.common.problems import RateLimited
from backend.common.rate_classes import RateClass


@dataclass(frozen=True, slots=True)
class RateState:
    """Where a bucket stands after a count; `reset_seconds` is when its window ends."""

    limit: int
    remaining: int
    reset_seconds: int
    allowed: bool

    def headers(self) -> dict[str, str]:
        headers = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }
        if not self.allowed:
            headers["Retry-After"] = str(self.reset_seconds)
        return headers


class Counter(Protocol):
    """Fixed windows that begin at multiples of `period` seconds of Unix time."""

    def add(self, bucket: str, period: int) -> tuple[int, int]:
        """Counts one; the new count and the window's start in Unix seconds."""

    def add_all(self, buckets: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        """Counts one in each bucket of the period that it is given with, in one round trip."""

    def take_back(self, bucket: str, period: int) -> None:
        """Undoes one count of the current window."""


class PostgresCounter:
    ADD = """
        INSERT INTO common_ratecounter AS counter (bucket, window_start, count, expires_at)
        VALUES (%(bucket)s, %(start)s, 1, to_timestamp(%(start)s + %(period)s))
        ON CONFLICT (bucket) DO UPDATE SET
            count = CASE WHEN counter.window_start < excluded.window_start
                         THEN 1 ELSE counter.count + 1 END,
            window_start = greatest(counter.window_start, excluded.window_start),
            expires_at = greatest(counter.expires_at, excluded.expires_at)
        RETURNING count, window_start
    """
    # In the given order: callers who share one bucket have it last, and never wait in a circle.
    _ADD_ALL = """
        INSERT INTO common_ratecounter AS counter (bucket, window_start, count, expires_at)
        SELECT bucket, start, 1, to_timestamp(start + period)
        FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS given (bucket, start, period)
        ON CONFLICT (bucket) DO UPDATE SET
            count = CASE WHEN counter.window_start < excluded.window_start
                         THEN 1 ELSE counter.count + 1 END,
            window_start = greatest(counter.window_start, excluded.window_start),
            expires_at = greatest(counter.expires_at, excluded.expires_at)
        RETURNING bucket, count, window_start
    """
    _TAKE_BACK = """
        UPDATE common_ratecounter SET count = count - 1
        WHERE bucket = %(bucket)s AND window_start = %(start)s AND count > 0
    """

    def add(self, bucket: str, period: int) -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(self.ADD, window_of(bucket, period))
            count, start = cursor.fetchone()
        return count, start

    def add_all(self, buckets: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        windows = [window_of(bucket, period) for bucket, period in buckets.items()]
        columns = [[window[name] for window in windows] for name in ("bucket", "start", "period")]
        with connection.cursor() as cursor:
            cursor.execute(self._ADD_ALL, columns)
            return {bucket: (count, start) for bucket, count, start in cursor.fetchall()}

    def take_back(self, bucket: str, period: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self._TAKE_BACK, window_of(bucket, period))


class RedisCounter:
    # INCR and EXPIRE as one step: a process that dies between the two would leave an eternal count.
    _ADD = """
        local counts = {}
        for i, key in ipairs(KEYS) do
            counts[i] = redis.call('INCR', key)
            if counts[i] == 1 then redis.call('EXPIRE', key, ARGV[i]) end
        end
        return counts
    """

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
        self.script = self.client.register_script(self._ADD)

    def add(self, bucket: str, period: int) -> tuple[int, int]:
        return self.add_all({bucket: period})[bucket]

    def add_all(self, buckets: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        windows = [window_of(bucket, period) for bucket, period in buckets.items()]
        counts = self.script(
            keys=[f"rate:{window['bucket']}:{window['start']}" for window in windows],
            args=[period * 2 for period in buckets.values()],
        )
        return {
            str(window["bucket"]): (int(count), int(window["start"]))
            for window, count in zip(windows, counts, strict=True)
        }

    def take_back(self, bucket: str, period: int) -> None:
        window = window_of(bucket, period)
        self.client.decr(f"rate:{bucket}:{window['start']}")


def window_of(bucket: str, period: int) -> dict[str, str | int]:
    """The bucket's current window, as the counters' statements name its parts."""
    now = int(time.time())
    return {"bucket": bucket, "period": period, "start": now - now % period}


@cache
def counter() -> Counter:
    """The counter of this process."""
    return RedisCounter(settings.REDIS_URL) if settings.REDIS_URL else PostgresCounter()


def count(bucket: str, rate: RateClass) -> RateState:
    """Counts one request in `bucket`. One round trip."""
    return _state(rate, *counter().add(bucket, rate.period))


def require(bucket: str, rate: RateClass) -> RateState:
    """Counts one request; raises RateLimited when the bucket is full."""
    return _require(count(bucket, rate))


def require_all(rates: Mapping[str, RateClass]) -> RateState:
    """Counts one request in each of these buckets, in one round trip; the state of the fullest.

    What several callers share comes last. Raises RateLimited when any bucket is full.
    """
    if len(rates) == 1:
        [(bucket, rate)] = rates.items()
        return require(bucket, rate)
    found = counter().add_all({bucket: rate.period for bucket, rate in rates.items()})
    states = [_state(rate, *found[bucket]) for bucket, rate in rates.items()]
    return _require(min(states, key=lambda state: (state.allowed, state.remaining)))


def _state(rate: RateClass, found: int, start: int) -> RateState:
    return RateState(
        limit=rate.limit,
        remaining=max(0, rate.limit - found),
        reset_seconds=max(1, start + rate.period - int(time.time())),
        allowed=found <= rate.limit,
    )


def _require(state: RateState) -> RateState:
    if not state.allowed:
        raise RateLimited(
            f"Try again in {state.reset_seconds} seconds.",
            headers=state.headers(),
            retry_after=state.reset_seconds,
        )
    return state


def refund(bucket: str, rate: RateClass) -> None:
    """Takes one count back: for limits on failures, which are counted before the attempt."""
    counter().take_back(bucket, rate.period)
