"""Who and what: the wordmark, and the initials that stand for people and businesses."""

import zlib
from typing import Literal

from django.template import Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.ui.components.choices import choose
from portal.ui.components.feedback import badge
from portal.ui.components.icons import icon as draw_icon
from portal.ui.components.markup import markup, trimmed

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
    return markup(
        '<span class="avatar avatar--{} avatar--{} avatar--tint-{}" aria-hidden="true">{}</span>',
        shape,
        size,
        tint,
        initials(name),
    )


@register.simple_tag
def person(name: str, *, url: str = "", more: str = "") -> SafeString:
    """Somebody in a list: initials, name, and a quiet second line."""
    return markup(
        '<span class="person">{} <span class="person__words">{} {}</span></span>',
        avatar(name),
        markup('<a class="person__name" href="{}">{}</a>', url, name)
        if url
        else markup('<span class="person__name">{}</span>', name),
        markup('<span class="person__more">{}</span>', more) if more else "",
    )


@register.simple_block_tag
def people(content: str) -> SafeString:
    """A short list of persons in a card; fill it with `people_row`s."""
    return markup('<ul class="people">{}</ul>', content)


@register.simple_block_tag
def people_row(content: str, name: str, *, url: str = "", more: str = "") -> SafeString:
    """One of the people; between the tags what stands at the end of the line."""
    return markup(
        '<li class="people__row">{} <span class="people__end">{}</span></li>',
        person(name, url=url, more=more),
        trimmed(content),
    )


@register.simple_tag
def business(
    name: str, url: str, *, role: str = "", state: str = "", tone: str = "neutral"
) -> SafeString:
    """A business to go to, with its state as a badge in this tone."""
    return markup(
        '<a class="business" href="{}">{} <span class="business__words">'
        '<span class="business__name">{}</span> '
        '<span class="business__role">{}</span> {}</span>{}</a>',
        url,
        avatar(name, shape="square", size="large"),
        name,
        role,
        markup('<span class="business__state">{}</span>', badge(state, tone=tone)) if state else "",
        draw_icon("chevron-right"),
    )


@register.simple_tag
def wordmark() -> str:
    return render_to_string("ui/components/wordmark.html")
