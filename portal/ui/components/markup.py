"""Putting HTML together out of parts, each escaped unless it is HTML already."""

from collections.abc import Iterable
from html import escape

from django.utils.functional import Promise
from django.utils.safestring import SafeString


def markup(pattern: str, *parts: object) -> SafeString:
    """Django's `format_html`, for positional parts only, at a third of its cost.

    A list of fifty customers is put together out of several hundred of these.
    """
    return SafeString(pattern.format(*[_escaped(part) for part in parts]))


def _escaped(part: object) -> str:
    if isinstance(part, SafeString):
        return part
    if isinstance(part, Promise):
        part = str(part)
    if hasattr(part, "__html__"):
        html: str = part.__html__()
        return html
    return escape(str(part))


def joined(rendered: Iterable[str]) -> SafeString:
    """What templates or Django's forms rendered, one after the other."""
    return SafeString("".join(rendered))


def trimmed(content: str) -> SafeString:
    """The block's rendered content without the blanks around it, so that "nothing" is empty."""
    return SafeString(content.strip())
