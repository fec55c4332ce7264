"""A second PostgreSQL, doors to it, and configurations that point there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from backend.audit.models import AuditEvent
from backend.common.tenancy import owner_scope, tenant_scope
from backend.conftest import Api, House
from backend.database_configs.models import DatabaseConfig, DatabaseValidation
from backend.database_configs.probe.target import Target
from backend.database_configs.tests.authorities import Authority
from backend.database_configs.tests.servers import (
    PASSWORD,
    RealServer,
    Visit,
    listening,
    real_server,
)
from backend.database_configs.workflows.validate_config import validate_config

VALUES = {
    "name": "Till system",
    "engine": "postgresql",
    "host": "db.example.com",
    "port": 5432,
    "database": "restaurant",
    "user": "keeper",
    "secret": PASSWORD,
    "tls_mode": "verify-full",
    "ca_certificate": "",
}
PATH = "database-configs/"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("postgres")) as running:
        yield running


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def at_port() -> Iterator[Callable[[Visit], int]]:
    """`at_port(visit)`: where visitors are dealt with like this, until the test is over."""
    with ExitStack() as stack:
        yield lambda visit: stack.enter_context(listening(visit))


def target(port: int, **values: Any) -> Target:
    """What a validation would look at, on this machine."""
    given = {name: value for name, value in VALUES.items() if name not in ("name", "engine")} | {
        "host": "127.0.0.1",
        "port": port,
        "tls_mode": "disable",
    }
    return Target(**given | values, allowed_networks=("127.0.0.0/8",))


def make(house: House, name: str = "Till system", **values: Any) -> DatabaseConfig:
    """A configuration of the house, made as its members would."""
    with tenant_scope(house.tenant.id):
        return DatabaseConfig.add(house.tenant.id, VALUES | {"name": name} | values)


def rows(house: House, model: Any = DatabaseConfig) -> list[dict[str, Any]]:
    """All that a table holds of the house, secrets too: to show that nothing was changed."""
    with owner_scope():
        return list(model.objects.filter(tenant=house.tenant).order_by("pk").values())


def events(house: House) -> list[AuditEvent]:
    """What is on record of the house's configurations, the oldest first."""
    with owner_scope():
        found = AuditEvent.objects.filter(tenant=house.tenant, about_kind="database-config")
        return list(found.order_by("pk"))


def nothing() -> None:
    """A worker that isn't asked to stop."""


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    """Aurora's owner in the portal."""
    return visit(aurora.person("owner"), aurora.tenant)


def validated(owner: Api, config: DatabaseConfig) -> dict[str, Any]:
    """What a member finds who has asked for a validation, after its job was done."""
    path = f"{PATH}{config.pk}/"
    response = owner.post(f"{path}validation/")
    assert response.status_code == 202, response.content
    with owner_scope():
        validation = DatabaseValidation.objects.get(pk=response.json()["last_validation"]["id"])
        validate_config(validation.pk, check=nothing)
    found: dict[str, Any] = owner.get(path).json()
    return found
