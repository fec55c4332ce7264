"""What gunicorn does alike for both sides. The environment sets the sizes; see docs/deploy.md."""

import os
from pathlib import Path

import structlog

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# For heartbeats: a read-only root file system has no other place to write, and a disk may stall.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
control_socket_disable = True

# Longer than the clients' pools keep an idle connection (nginx 60 s), so that no request is sent
# into a connection that is being closed.
keepalive = 75
timeout = 30
# Docker kills ten seconds after SIGTERM; what runs longer was given up by the portal after five.
graceful_timeout = 8

# Access lines are the application's own: they carry the request's id, tenant and app.
accesslog = None
if os.environ.get("DEBUG", "").lower() not in {"1", "true", "yes", "on"}:
    logconfig_dict = {
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [
                    structlog.stdlib.add_logger_name,
                    structlog.stdlib.add_log_level,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                ],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "json",
            }
        },
        "root": {"level": "INFO", "handlers": ["stdout"]},
        "loggers": {
            "gunicorn.error": {"level": "INFO", "handlers": ["stdout"], "propagate": False}
        },
    }
