"""100,000 customers are exported in the memory that a hundred take, and how fast is printed."""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from backend.conftest import House
from backend.crm.tests.test_speed import TABLES, fill
from backend.exports.models import TenantExport
from backend.exports.tests.conftest import ask, nothing
from backend.exports.verification import verify
from backend.exports.workflows.make_archive import make_archive

MIB = 1024 * 1024


@pytest.fixture
def swept(transactional_db: None) -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES} CASCADE")


def peak_of(export: TenantExport) -> float:
    """Memory that Python takes at most while an archive is made, in MiB."""
    tracemalloc.start()
    try:
        make_archive(export.pk, check=nothing)
        return tracemalloc.get_traced_memory()[1] / MIB
    finally:
        tracemalloc.stop()


def test_memory_stays_flat(swept: None, aurora: House, bluefin: House, kept: Path) -> None:
    fill(aurora, 100_000)
    fill(bluefin, 100)
    small = peak_of(ask(bluefin))
    large = peak_of(ask(aurora))
    export = ask(aurora)
    began = time.monotonic()
    make_archive(export.pk, check=nothing)
    seconds = time.monotonic() - began
    export.refresh_from_db()
    found: Any = None
    with (kept / export.archive).open("rb") as file:
        found = verify(file)
    sys.stdout.write(
        f"\n{export.rows:,} rows in {seconds:.1f} s: {export.rows / seconds:,.0f} a second, "
        f"{export.bytes / MIB:.1f} MiB packed; at most {large:.1f} MiB of memory, "
        f"{small:.1f} for a hundred customers\n"
    )
    assert found.faults == []
    assert found.rows == export.rows > 109_000
    assert large < small + 2, (small, large)
