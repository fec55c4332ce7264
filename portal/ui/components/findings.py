"""What an examination has found: point by point, each with its verdict."""

from __future__ import annotations

from typing import Literal

from django.template import Library
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.ui.components.choices import choose
from portal.ui.components.icons import icon as draw_icon
from portal.ui.components.markup import markup

Verdict = Literal["passed", "warning", "failed", "skipped", "current", "pending"]
ICONS = {
    "passed": "check",
    "warning": "triangle-alert",
    "failed": "x",
    "skipped": "minus",
    "current": "loader-circle",
    "pending": "circle-small",
}
SAID: dict[str, str | Promise] = {
    "passed": _("In order"),
    "warning": _("Worth a look"),
    "failed": _("Not in order"),
    "skipped": _("Not looked at"),
    "current": _("Being looked at"),
    "pending": _("Still to come"),
}

register = Library()


@register.simple_block_tag
def findings(content: str, label: str) -> SafeString:
    """Fill it with `finding`s, in the order in which things were looked at."""
    return markup('<ul class="findings" aria-label="{}">{}</ul>', label, content)


@register.simple_tag
def finding(title: str, verdict: str, text: str = "", *, figure: str = "") -> SafeString:
    """One point: its icon differs by verdict, and listeners hear it, so colour is never alone."""
    choose("finding", "verdict", verdict, Verdict)
    return markup(
        '<li class="findings__row findings__row--{}"><span class="findings__mark">{}</span>'
        '<div class="findings__words"><p class="findings__title">{}'
        '<span class="visually-hidden"> ({})</span></p>{}</div>{}</li>',
        verdict,
        draw_icon(ICONS[verdict], "small"),
        title,
        SAID[verdict],
        markup('<p class="findings__text">{}</p>', text) if text else "",
        markup('<span class="findings__figure">{}</span>', figure) if figure else "",
    )
