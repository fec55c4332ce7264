"""What `check --deploy` has to say beyond Django's own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from backend.common import files

NO_PLACE_FOR_FILES = checks.Warning(
    "No place for files is configured: nobody can export what they own.",
    hint="Set S3_BUCKET and what belongs to it; or LOCAL_FILES=1 where one machine runs it all.",
    id="tavola.W001",
)


@checks.register(checks.Tags.files, deploy=True)
def place_for_files(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    return [] if files.is_configured() else [NO_PLACE_FOR_FILES]


PAYING_WITH_NOTHING = checks.Warning(
    "SANDBOX_PAYMENTS is on: whoever knows its card numbers pays with nothing.",
    hint="Unset it where money counts.",
    id="tavola.W002",
)


@checks.register(checks.Tags.security, deploy=True)
def no_sandbox(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    return [PAYING_WITH_NOTHING] if settings.SANDBOX_PAYMENTS else []
