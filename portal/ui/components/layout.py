"""The frames of a page: its header, cards, facts, empty states."""

from typing import Literal

from django.template import Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.ui.components.choices import choose
from portal.ui.components.icons import icon as draw_icon
from portal.ui.components.markup import markup, trimmed

CardPadding = Literal["normal", "none"]
CardTone = Literal["plain", "danger"]
EmptySize = Literal["page", "card"]

register = Library()


@register.simple_block_tag
def page_header(
    content: str, title: str, *, lead: str = "", back_url: str = "", back_label: str = ""
) -> SafeString:
    """The one title of a page; between the tags stand its actions, the main one last."""
    return render_to_string(
        "ui/components/page_header.html",
        {
            "title": title,
            "lead": lead,
            "back_url": back_url,
            "back_label": back_label,
            "actions": trimmed(content),
        },
    )


@register.simple_block_tag
def card(
    content: str,
    *,
    title: str = "",
    link_url: str = "",
    link_label: str = "",
    padding: str = "normal",
    tone: str = "plain",
) -> SafeString:
    choose("card", "padding", padding, CardPadding)
    choose("card", "tone", tone, CardTone)
    return render_to_string(
        "ui/components/card.html",
        {
            "content": content,
            "title": title,
            "link_url": link_url,
            "link_label": link_label,
            "padding": padding,
            "tone": tone,
        },
    )


@register.simple_block_tag
def empty_state(
    content: str, title: str, *, text: str = "", icon: str, size: str = "page"
) -> SafeString:
    """Nothing here yet, and what to do about it: the actions stand between the tags."""
    choose("empty_state", "size", size, EmptySize)
    return render_to_string(
        "ui/components/empty_state.html",
        {"title": title, "text": text, "icon": icon, "size": size, "actions": trimmed(content)},
    )


@register.simple_block_tag
def facts(content: str) -> SafeString:
    """A definition list; fill it with `fact`s."""
    return markup('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    shown = trimmed(content)
    return markup(
        '<div class="facts__row"><dt>{}</dt><dd>{}</dd></div>',
        label,
        shown or SafeString('<span class="facts__none">&ndash;</span>'),
    )


@register.simple_block_tag
def form_actions(content: str) -> SafeString:
    """The end of a form: the main button first in reading order, then the way out."""
    return markup('<div class="form-actions">{}</div>', content)


@register.simple_tag
def feature(icon: str, title: str, text: str) -> SafeString:
    """A point of an explanation: an icon, a few words, a sentence."""
    return markup(
        '<div class="feature"><span class="feature__icon">{}</span><div>'
        '<p class="feature__title">{}</p><p class="feature__text">{}</p></div></div>',
        draw_icon(icon),
        title,
        text,
    )


@register.simple_block_tag
def ways(content: str) -> SafeString:
    """Where one can go from here, in a card; fill it with `way`s."""
    return markup('<ul class="ways">{}</ul>', content)


@register.simple_tag
def way(label: str, url: str, *, icon: str, text: str = "") -> SafeString:
    """The whole row leads there."""
    return markup(
        '<li class="ways__row"><span class="ways__icon">{}</span><span class="ways__words">'
        '<a class="ways__link" href="{}">{}</a>{}</span>{}</li>',
        draw_icon(icon),
        url,
        label,
        markup(' <span class="ways__text">{}</span>', text) if text else "",
        draw_icon("chevron-right", "small"),
    )
