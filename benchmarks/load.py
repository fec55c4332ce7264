"""Sends a bounded number of requests to 127.0.0.1 over kept-alive connections.

A process of its own, so that what it costs is not counted. It reads a JSON object with ``port``,
``path``, ``headers``, ``requests`` and ``threads`` from standard input, and prints the seconds
taken and the latencies' median in milliseconds. Any answer but 200 ends it with an error.
"""

from __future__ import annotations

import http.client
import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

TIMEOUT_SECONDS = 10


def send(port: int, path: str, headers: dict[str, str], requests: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    latencies = []
    for _ in range(requests):
        began = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        latencies.append(time.perf_counter() - began)
        if response.status != 200:
            raise SystemExit(f"{path} answered {response.status}: {body[:300]!r}")
    connection.close()
    return latencies


def main() -> None:
    order: dict[str, Any] = json.load(sys.stdin)
    threads: int = order["threads"]
    each = order["requests"] // threads
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        running = [
            pool.submit(send, order["port"], order["path"], order["headers"], each)
            for _ in range(threads)
        ]
        latencies = [latency for done in running for latency in done.result()]
    json.dump(
        {
            "seconds": time.perf_counter() - began,
            "requests": len(latencies),
            "median_ms": statistics.median(latencies) * 1000,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
