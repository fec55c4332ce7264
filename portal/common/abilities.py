"""Turning away those whom the platform would turn away too, before they fill in a form."""

from collections.abc import Collection

from portal.api_client.errors import Forbidden


def need(ability: str, granted: Collection[str]) -> None:
    """Answers with the 403 page unless `granted`, as the platform sent it, has the ability."""
    if ability not in granted:
        raise Forbidden
