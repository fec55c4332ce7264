"""Handling of what a template rendered already, and escaped while doing so."""

from django.utils.safestring import SafeString, mark_safe


def trimmed(content: str) -> SafeString:
    """The block's rendered content without the blanks around it, so that "nothing" is empty."""
    return mark_safe(content.strip())  # noqa: S308
