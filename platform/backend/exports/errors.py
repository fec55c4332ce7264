"""What can stand in the way of an export, each with a stable code."""

from __future__ import annotations

from backend.common.problems import Problem


class ExportNotFound(Problem):
    status_code = 404
    code = "export-not-found"
    title = "Export not found"


class ExportUnfinished(Problem):
    """One at a time: the tenant's last one isn't done yet."""

    status_code = 409
    code = "export-unfinished"
    title = "An export is under way already"


class ExportLimitReached(Problem):
    status_code = 409
    code = "export-limit-reached"
    title = "There were too many exports in the last 24 hours"


class ExportNotReady(Problem):
    """Carries the `state` that it is in."""

    status_code = 409
    code = "export-not-ready"
    title = "There is no archive to download"


class ExportExpired(Problem):
    status_code = 410
    code = "export-expired"
    title = "The archive was deleted when its time was over"
