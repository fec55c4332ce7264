"""A line that shows whoever builds the program that its key works."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.conf import settings

# The first that the app may do. What every app may ask stands last.
QUESTIONS: Final = (
    ("customers.read", "crm/customers/?limit=5"),
    ("tenant.read", "tenant/"),
    ("", "countries/"),
)
# Where the key will stand, on pages that don't know it.
PLACEHOLDER: Final = "YOUR_KEY"


def curl_line(app_id: UUID, scopes: Collection[str], key: str = PLACEHOLDER) -> str:
    """In double quotes, which the command lines of Windows, macOS and Linux all understand."""
    question = next(path for scope, path in QUESTIONS if not scope or scope in scopes)
    return (
        f'curl "{settings.PLATFORM_PUBLIC_URL}/api/v1/{question}"'
        f' -H "X-App-ID: {app_id}" -H "Authorization: Bearer {key}"'
    )


def documentation_url() -> str:
    return f"{settings.PLATFORM_PUBLIC_URL}/api/docs/"
