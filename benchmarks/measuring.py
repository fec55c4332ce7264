"""CPU, memory and speed of running servers, under a bounded load from this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

MIB = 1024 * 1024
ROOT = Path(__file__).resolve().parent.parent


class LoadFailed(Exception):
    """A target did not answer as it should; the message is what the load saw."""


@dataclass
class Target:
    """One thing to measure: where it listens, what to send, and whose CPU counts."""

    name: str
    port: int
    path: str
    headers: dict[str, str]
    servers: list[subprocess.Popen[bytes]]


@dataclass
class Sample:
    python_ms: float
    database_ms: float
    per_second: float
    latency_ms: float

    @property
    def total_ms(self) -> float:
        return self.python_ms + self.database_ms


def load(target: Target, requests: int, threads: int) -> dict[str, float]:
    order = {
        "port": target.port,
        "path": target.path,
        "headers": target.headers,
        "requests": requests,
        "threads": threads,
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        cwd=ROOT,
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LoadFailed(f"{target.name}: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(target: Target, requests: int, threads: int, url: str) -> Sample:
    python, database = python_seconds(target.servers), database_seconds(url)
    found = load(target, requests, threads)
    count = found["requests"]
    return Sample(
        python_ms=(python_seconds(target.servers) - python) / count * 1000,
        database_ms=(database_seconds(url) - database) / count * 1000,
        per_second=count / found["seconds"],
        latency_ms=found["median_ms"],
    )


def workers(server: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(server.pid).children(recursive=True)


def python_seconds(servers: Sequence[subprocess.Popen[bytes]]) -> float:
    times = [worker.cpu_times() for server in servers for worker in workers(server)]
    return sum(each.user + each.system for each in times)


def database_seconds(url: str) -> float:
    """CPU of all processes of the database's server, which must be on this machine."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        postmaster = psutil.Process(row[0]).parent()
        assert postmaster is not None
        own = row[0]
        times = [child.cpu_times() for child in postmaster.children() if child.pid != own]
    return sum(each.user + each.system for each in times)
