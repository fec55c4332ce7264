"""Which rule of the database refused something."""

from __future__ import annotations

from django.db import IntegrityError
from psycopg import Error


def broken_by(error: IntegrityError) -> str:
    """The name of the constraint or unique index; empty where a trigger refused.

    Only the one that is expected is an answer for a caller. Another is a fault, and is raised on.
    """
    cause = error.__cause__
    return (cause.diag.constraint_name or "") if isinstance(cause, Error) else ""
