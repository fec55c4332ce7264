"""Who and what: the wordmark, and the initials that stand for people and businesses."""

import zlib
from typing import Literal

from django.template import Library
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.ui.components.choices import choose

AvatarShape = Literal["round", "square"]
AvatarSize = Literal["small", "medium", "large"]
TINTS = 6

register = Library()


def initials(name: str) -> str:
    """The first letters of the first and the last word that begin with one."""
    letters = [word[0] for word in name.split() if word[0].isalnum()]
    if len(letters) > 1:
        letters = [letters[0], letters[-1]]
    return "".join(letters).upper()[:2] or "?"


@register.simple_tag
def avatar(name: str, *, shape: str = "round", size: str = "medium") -> SafeString:
    """Decorative: the name itself always stands beside it."""
    choose("avatar", "shape", shape, AvatarShape)
    choose("avatar", "size", size, AvatarSize)
    # Not `hash()`: its salt would give a name another tint in every process.
    tint = zlib.crc32(name.encode()) % TINTS
    return format_html(
        '<span class="avatar avatar--{} avatar--{} avatar--tint-{}" aria-hidden="true">{}</span>',
        shape,
        size,
        tint,
        initials(name),
    )


@register.simple_tag
def wordmark() -> str:
    return render_to_string("ui/components/wordmark.html")
