"""What can stand in the way of a change to a tenant or its members."""

from __future__ import annotations

from backend.common.problems import Problem


class LastOwner(Problem):
    status_code = 409
    code = "last-owner"
    title = "A business needs at least one owner"


class MembershipRevoked(Problem):
    status_code = 409
    code = "membership-revoked"
    title = "This membership has been revoked"
