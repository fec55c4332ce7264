"""Keys for rows."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7: ordered by time, so that new rows land at the end of every index.

    Made in Python because PostgreSQL has its own only from version 18 on.
    """
    return uuid7()
