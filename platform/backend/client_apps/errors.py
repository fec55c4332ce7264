"""What can stand in the way of a change to a client app."""

from __future__ import annotations

from backend.common.problems import Problem


class AppRevoked(Problem):
    status_code = 409
    code = "app-revoked"
    title = "This app has been revoked"
