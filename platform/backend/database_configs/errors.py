"""What can go wrong with database configurations, each with a stable code."""

from __future__ import annotations

from backend.common.problems import Problem


class DatabaseConfigNotFound(Problem):
    status_code = 404
    code = "database-config-not-found"
    title = "Database configuration not found"


class DatabaseConfigLimitReached(Problem):
    status_code = 409
    code = "database-config-limit-reached"
    title = "There are ten database configurations already"


class ValidationRunning(Problem):
    status_code = 409
    code = "validation-running"
    title = "A validation is under way"
