"""Counts requests, exactly, however many processes count at once.

On PostgreSQL by one upsert on an unlogged table, on Redis when ``REDIS_URL`` is set. A count is a
statement of its own before the request's transaction: inside it, the counter's row lock would queue
up all requests of a tenant until each has committed.
"""

from __future__ import annotations

import time
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
    _TAKE_BACK = """
        UPDATE common_ratecounter SET count = count - 1
        WHERE bucket = %(bucket)s AND window_start = %(start)s AND count > 0
    """

    def add(self, bucket: str, period: int) -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(self.ADD, window_of(bucket, period))
            count, start = cursor.fetchone()
        return count, start

    def take_back(self, bucket: str, period: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self._TAKE_BACK, window_of(bucket, period))


class RedisCounter:
    # INCR and EXPIRE as one step: a process that dies between the two would leave an eternal count.
    _ADD = """
        local count = redis.call('INCR', KEYS[1])
        if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
        return count
    """

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
        self.script = self.client.register_script(self._ADD)

    def add(self, bucket: str, period: int) -> tuple[int, int]:
        window = window_of(bucket, period)
        count = self.script(keys=[f"rate:{bucket}:{window['start']}"], args=[period * 2])
        return int(count), int(window["start"])

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
    found, start = counter().add(bucket, rate.period)
    return RateState(
        limit=rate.limit,
        remaining=max(0, rate.limit - found),
        reset_seconds=max(1, start + rate.period - int(time.time())),
        allowed=found <= rate.limit,
    )


def require(bucket: str, rate: RateClass) -> RateState:
    """Counts one request; raises RateLimited when the bucket is full."""
    state = count(bucket, rate)
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
