"""Logs: one JSON object a line on stdout, carrying the request's id and the tenant's slug.

Nothing personal goes in: no address, no name, no query string.
"""

from __future__ import annotations

import logging
import logging.config
from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class OnlyExceptions(logging.Filter):
    """Django repeats every 5xx page as an error; only what raised one has more to say.

    It names the address, which is a secret where an invitation's link leads. The access line of the
    same request names the route.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = "Unhandled exception", ()
        return bool(record.exc_info)


def configure(*, level: str, readable: bool) -> None:
    """Sends structlog's and the standard library's records through one formatter.

    `readable` prints coloured lines for a developer's terminal instead of JSON.
    """
    renderer: list[Any] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if readable
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"only_exceptions": {"()": OnlyExceptions}},
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        *renderer,
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
                # These repeat what the access line says, with paths and query strings in them.
                "django.request": {"level": "ERROR", "filters": ["only_exceptions"]},
                "django.server": {"level": "WARNING"},
                "urllib3": {"level": "ERROR"},
                # Prints all that a page was made of where a name in its template leads nowhere:
                # guests, new keys, recovery codes.
                "django.template": {"level": "INFO"},
            },
        }
    )
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
