"""Loaded only by a `pytest` that spans both sides: says why that can't work, and what does."""

import pytest


def pytest_configure() -> None:
    raise pytest.UsageError(
        "Two Django settings modules can't live in one process. Run `bin/test`, or one side: "
        "`pytest platform`, `pytest portal`, `pytest tests`."
    )
