"""Reads the environment. The only place that does; a missing secret is named, loudly."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()


def from_file(name: str) -> None:
    """Lets `NAME_FILE` name a file that holds NAME's value, as orchestrators mount secrets."""
    path = os.environ.get(f"{name}_FILE")
    if path and name not in os.environ:
        try:
            os.environ[name] = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE={path} can't be read: {error}") from error


def required(name: str, *, least: int = 1) -> str:
    """The value of a setting without which the platform must not start."""
    from_file(name)
    value = os.environ.get(name, "")
    if len(value) < least:
        raise ImproperlyConfigured(
            f"{name} is not set. Give it as an environment variable, or as a file by {name}_FILE."
            if not value
            else f"{name} is too short: it takes at least {least} characters."
        )
    return value


def networks(name: str) -> list[str]:
    """A comma-separated list of networks in CIDR notation; none unless told."""
    found = env.list(name, default=[])
    for network in found:
        try:
            ip_network(network)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {network} is no network: {error}") from error
    return list(found)
