"""Reads the environment. The only place that does; what is missing is named, all at once."""

from __future__ import annotations

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()


def required(*names: str) -> dict[str, str]:
    """The values without which the portal must not start.

    Each may also come from the file that `NAME_FILE` gives, as orchestrators mount secrets.
    """
    values = {name: _value(name) for name in names}
    missing = [name for name, value in values.items() if not value]
    if missing:
        raise ImproperlyConfigured(
            f"Missing in the environment: {', '.join(missing)} (or a file's path in NAME_FILE)."
        )
    return values


def _value(name: str) -> str:
    path = os.environ.get(f"{name}_FILE")
    if not path or name in os.environ:
        return os.environ.get(name, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE={path} can't be read: {error}") from error
