from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from backend.audit.recording import record
from backend.common.encryption import Undecryptable
from backend.database_configs.models import DatabaseConfig, DatabaseValidation, State
from backend.database_configs.probe.checks import CODES, Check
from backend.database_configs.probe.look import verdict
from backend.database_configs.probe.target import Target
from backend.database_configs.probing import look_from_outside

log = structlog.get_logger(__name__)


def validate_config(validation_id: UUID, *, check: Callable[[], None]) -> None:
    """Looks at the database, keeps each check as it is known, and the result with the event.

    May be killed at any point and called again: then it begins anew. `check` is called between the
    checks, and raises when the worker has to stop.
    """
    validation = (
        DatabaseValidation.objects.filter(pk=validation_id).select_related("config").first()
    )
    if validation is None:
        # Deleted meanwhile, with its configuration.
        return
    config = validation.config
    if config.connection_version != validation.connection_version or not validation.begin():
        # What was to be looked at is not there any more; or it has ended, or never will.
        validation.abandon()
        return
    checks: list[dict[str, Any]] = []
    for each in _checks(config):
        check()
        checks.append(each)
        if not validation.note(checks):
            log.warning("validation overtaken", validation=str(validation_id))
            return
    _finish(validation, checks)


def _checks(config: DatabaseConfig) -> Iterator[dict[str, Any]]:
    try:
        secret = config.reveal_secret()
    except Undecryptable:
        log.error("secret undecryptable", config=str(config.pk))
        return _all_but_authentication()
    return look_from_outside(
        Target(
            host=config.host,
            port=config.port,
            database=config.database,
            user=config.user,
            secret=secret,
            tls_mode=config.tls_mode,
            ca_certificate=config.ca_certificate,
            allowed_networks=tuple(settings.DATABASE_CONFIG_ALLOWED_NETWORKS),
        )
    )


def _all_but_authentication() -> Iterator[dict[str, Any]]:
    for code in CODES:
        reason = "secret-lost" if code == "authentication" else "not-reached"
        yield Check(code, reason).as_dict()


def _finish(validation: DatabaseValidation, checks: list[dict[str, Any]]) -> None:
    config = validation.config
    state = State(verdict(checks))
    with transaction.atomic():
        if validation.finish(state, checks):
            record(
                "database-config.validated",
                tenant_id=validation.tenant_id,
                by=validation.requester,
                about=config.about,
                data={"host": config.host, "result": state.value},
            )
