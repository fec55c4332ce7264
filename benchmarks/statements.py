"""Prints the statements that one API request sends to PostgreSQL, as the platform sends them.

Runs as a script with the platform's settings: ``python benchmarks/statements.py PATH``,
with the headers as JSON on standard input.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.db import connection  # noqa: E402 - the settings come first
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402


def statements(path: str, headers: dict[str, str]) -> list[str]:
    client = Client(SERVER_NAME="localhost")
    client.get(path, headers=headers)  # the key's last use is noted once in a few minutes
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers=headers)
    if response.status_code != 200:
        raise SystemExit(f"{path} answered {response.status_code}: {response.content[:300]!r}")
    return [query["sql"].split()[0] for query in queries]


if __name__ == "__main__":
    found = statements(sys.argv[1], json.load(sys.stdin))
    sys.stdout.write(f"{len(found)} ({', '.join(found)})\n")
