"""Logs: one JSON object a line on stdout, carrying the request's id, tenant and app."""

from __future__ import annotations

import logging
import logging.config
import re
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

_DETAIL = re.compile(r"^(DETAIL:\s+).*$", re.MULTILINE)
_JOB_ARGUMENTS = re.compile(r"(\[\w+\])\(.*\)", re.DOTALL)


def without_job_arguments(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Cuts what procrastinate says of a job down to its name and number: arguments are data."""
    if str(event.get("logger", "")).startswith("procrastinate."):
        event["event"] = _JOB_ARGUMENTS.sub(r"\1", str(event["event"]))
    return event


def without_details(text: str) -> str:
    """What PostgreSQL says of an error, but for its details, which quote the row: addresses."""
    return _DETAIL.sub(r"\1(left out)", text)


def without_values_of_rows(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if "exception" in event:
        event["exception"] = without_details(str(event["exception"]))
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    without_job_arguments,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _json(event: dict[str, Any], **_: Any) -> str:
    return orjson.dumps(event, default=repr).decode()


def _rendering(*, readable: bool) -> list[Any]:
    if readable:
        # The default shows the values of all variables: passwords, tokens, keys.
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [
        structlog.processors.format_exc_info,
        without_values_of_rows,
        structlog.processors.JSONRenderer(_json),
    ]


def configure(*, level: str, readable: bool) -> None:
    """Sends structlog's and the standard library's records through one formatter.

    `readable` prints coloured lines for a developer's terminal instead of JSON.
    """
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        *_rendering(readable=readable),
                    ],
                }
            },
            "handlers": {
                "stdout": {
                    "class": "logging.StreamHandler",
                    "stream": "ext://sys.stdout",
                    "formatter": "line",
                }
            },
            "root": {"handlers": ["stdout"], "level": level},
            "loggers": {
                # Below an error, both would repeat what the access line says.
                "django.request": {"level": "ERROR"},
                "django.server": {"level": "WARNING"},
                # Prints all that a page was made of where a name in its template leads nowhere:
                # customers, new keys of apps.
                "django.template": {"level": "INFO"},
                # Every command would begin by listing the tasks.
                "procrastinate.blueprints": {"level": "WARNING"},
                "procrastinate.periodic": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
