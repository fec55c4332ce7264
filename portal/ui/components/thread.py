"""What people write to each other: messages one beneath the other, their text and their files."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.template import Library
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.ui.components.choices import choose
from portal.ui.components.feedback import Tone, badge
from portal.ui.components.formats import moment
from portal.ui.components.icons import icon as draw_icon
from portal.ui.components.identity import avatar
from portal.ui.components.markup import markup, trimmed

MessageSide = Literal["here", "there"]

register = Library()


@register.simple_tag
def rich_text(html: str) -> SafeString:
    """Text with paragraphs, lists, quotes and the like, as the platform rendered it.

    The one place that prints HTML which somebody's words were made into: it comes from the
    platform, which lets no tag through but those that it makes itself.
    """
    return markup('<div class="rich-text">{}</div>', mark_safe(html))  # noqa: S308


@register.simple_block_tag
def thread(content: str) -> SafeString:
    """Oldest first; fill it with `message`s, `thread_event`s and one `thread_new` at most."""
    return markup('<ol class="thread">{}</ol>', content)


@register.simple_block_tag
def message(
    content: str,
    author: str,
    at: datetime,
    *,
    side: str = "here",
    mark: str = "",
    hint: str = "",
    anchor: str = "",
) -> SafeString:
    """One message; between the tags its text, and its files. `there` is the other side's.

    `mark` says who the author is, `hint` where it came from.
    """
    choose("message", "side", side, MessageSide)
    return markup(
        '<li class="message message--{}"{}><div class="message__head">{}'
        '<p class="message__facts"><span class="message__author">{}</span> {} '
        '<span class="message__when">{}{}</span></p></div>'
        '<div class="message__body">{}</div></li>',
        side,
        markup(' id="{}"', anchor) if anchor else "",
        avatar(author, size="small"),
        author,
        badge(mark, tone="success", icon="life-buoy") if mark else "",
        moment(at, "long"),
        markup(" · {}", hint) if hint else "",
        trimmed(content),
    )


@register.simple_block_tag
def thread_event(content: str, at: datetime, *, icon: str = "info") -> SafeString:
    """Something that happened between the messages, in a quiet line."""
    return markup(
        '<li class="thread__event">{}<div>{} <span class="message__when">{}</span></div></li>',
        draw_icon(icon, "small"),
        trimmed(content),
        moment(at, "long"),
    )


@register.simple_tag
def thread_new(anchor: str = "new") -> SafeString:
    """What stands beneath it wasn't seen before."""
    return markup('<li class="thread__new" id="{}"><span>{}</span></li>', anchor, _("New"))


@register.simple_block_tag
def files(content: str) -> SafeString:
    """Files that belong to something; fill it with `file_row`s."""
    return markup('<ul class="files">{}</ul>', content)


@register.simple_block_tag
def file_row(
    content: str, name: str, size: str, *, state: str = "", tone: str = "neutral", icon: str = ""
) -> SafeString:
    """A file with its size, and its state where there is something to say; between the tags what
    can be done with it."""
    choose("file_row", "tone", tone, Tone)
    return markup(
        '<li class="files__row"><span class="files__icon">{}</span><span class="files__words">'
        '<span class="files__name">{}</span> <span class="files__size">{}</span>{}</span>{}</li>',
        draw_icon("paperclip", "small"),
        name,
        size,
        markup(" {}", badge(state, tone=tone, icon=icon)) if state else "",
        trimmed(content),
    )
