"""What the portal says back: notices after a write, callouts, badges, progress."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

from django.apps import apps
from django.http import HttpRequest
from django.template import Context, Library
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.ui.components.choices import choose
from portal.ui.components.icons import icon as draw_icon
from portal.ui.components.markup import markup, trimmed

Tone = Literal["neutral", "success", "warning", "danger"]
TONE_ICONS = {
    "neutral": "info",
    "success": "circle-check",
    "warning": "triangle-alert",
    "danger": "circle-alert",
}

register = Library()


@dataclass(frozen=True, slots=True)
class Notice:
    text: str | Promise
    tone: str = "success"


@cache
def known_notices() -> Mapping[str, Notice]:
    """Every area's NOTICES, by the fixed word that the query names.

    The address carries only the word, so nobody can make a link that puts a sentence of their own
    into the portal's mouth.
    """
    words: dict[str, Notice] = {}
    for config in apps.get_app_configs():
        module = f"{config.name}.notices"
        if config.name.startswith("portal.") and find_spec(module):
            words.update(import_module(module).NOTICES)
    return words


def _address_without_notice(request: HttpRequest) -> str:
    query = request.GET.copy()
    del query["notice"]
    return f"{request.path}?{query.urlencode()}" if query else request.path


@register.simple_tag(takes_context=True)
def notice(context: Context) -> str:
    """The banner that the last write left in the address, or nothing."""
    request = context.get("request")
    word = request.GET.get("notice", "") if request else ""
    said = known_notices().get(word)
    if request is None or said is None:
        return ""
    return render_to_string(
        "ui/components/notice.html",
        {
            "text": said.text,
            "tone": choose("notice", "tone", said.tone, Tone),
            "icon": TONE_ICONS[said.tone],
            "dismiss_url": _address_without_notice(request),
        },
    )


@register.simple_block_tag
def callout(content: str, *, tone: str = "neutral", title: str = "") -> SafeString:
    """A remark that belongs to the page itself."""
    choose("callout", "tone", tone, Tone)
    return markup(
        '<div class="callout callout--{}">{}<div class="callout__body">{}{}</div></div>',
        tone,
        draw_icon(TONE_ICONS[tone]),
        markup('<p class="callout__title">{}</p>', title) if title else "",
        markup('<div class="callout__text">{}</div>', trimmed(content)),
    )


@register.simple_tag
def badge(label: str, *, tone: str = "neutral", icon: str = "") -> SafeString:
    """A state in one or two words. Its icon differs by state, so colour is never alone."""
    choose("badge", "tone", tone, Tone)
    return markup(
        '<span class="badge badge--{}">{}{}</span>',
        tone,
        draw_icon(icon or TONE_ICONS[tone], "small") if tone != "neutral" or icon else "",
        label,
    )


@register.simple_block_tag
def attention(content: str) -> SafeString:
    """What somebody should look at; fill it with `attention_row`s. Without any, all is well."""
    if not content.strip():
        return markup(
            '<p class="attention__none">{}{}</p>',
            draw_icon("circle-check", "small"),
            _("Nothing needs your attention."),
        )
    return markup('<ul class="attention">{}</ul>', content)


@register.simple_tag
def attention_row(text: str, url: str, action: str, *, icon: str = "triangle-alert") -> SafeString:
    return markup(
        '<li class="attention__row"><span class="attention__icon">{}</span>'
        '<span class="attention__words"><span class="attention__text">{}</span> '
        '<a class="attention__link" href="{}">{}{}</a></span></li>',
        draw_icon(icon),
        text,
        url,
        action,
        draw_icon("chevron-right", "small"),
    )
