"""Money and plans: sums that lead to a total, one large amount, limits in use, offers."""

from __future__ import annotations

from typing import Literal

from django.template import Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.ui.components.choices import choose
from portal.ui.components.feedback import badge
from portal.ui.components.icons import icon as draw_icon
from portal.ui.components.markup import markup, trimmed

SumWeight = Literal["plain", "strong", "total"]
SumsPlace = Literal["full", "end"]
SumSign = Literal["plus", "minus"]
UsageTone = Literal["calm", "near", "over"]
USAGE_ICONS = {"near": "triangle-alert", "over": "circle-alert"}

register = Library()


@register.simple_block_tag
def sums(content: str, *, place: str = "full") -> SafeString:
    """Amounts beneath each other; fill it with `sum_row`s, the total last.

    `end` is for those beneath a table, under its last column.
    """
    return markup(
        '<dl class="sums sums--{}">{}</dl>', choose("sums", "place", place, SumsPlace), content
    )


@register.simple_tag
def sum_row(
    label: str,
    amount: str,
    *,
    hint: str = "",
    url: str = "",
    weight: str = "plain",
    sign: str = "plus",
) -> SafeString:
    """One amount with its name. `sign="minus"` is for what is taken off."""
    choose("sum_row", "sign", sign, SumSign)
    return markup(
        '<div class="sums__row sums__row--{}"><dt>{}{}</dt><dd>{}{}</dd></div>',
        choose("sum_row", "weight", weight, SumWeight),
        markup('<a class="sums__link" href="{}">{}</a>', url, label) if url else label,
        markup('<span class="sums__hint">{}</span>', hint) if hint else "",
        "\N{MINUS SIGN}" if sign == "minus" else "",
        amount,
    )


@register.simple_block_tag
def headline(content: str, label: str, value: str, *, hint: str = "") -> SafeString:
    """What a page is about in one figure; between the tags its state, or what to do."""
    return markup(
        '<section class="headline"><div class="headline__words"><p class="headline__label">{}</p>'
        '<p class="headline__value figures">{}</p>{}</div>{}</section>',
        label,
        value,
        markup('<p class="headline__hint">{}</p>', hint) if hint else "",
        markup('<div class="headline__end">{}</div>', shown) if (shown := trimmed(content)) else "",
    )


@register.simple_block_tag
def usages(content: str) -> SafeString:
    """Limits of a plan; fill it with `usage`s."""
    return markup('<ul class="usages">{}</ul>', content)


@register.simple_tag
def usage(
    label: str, figure: str, text: str = "", *, tone: str = "calm", percent: int | None = None
) -> SafeString:
    """How much of a limit is used. The bar is for the eye alone: the words say all of it."""
    choose("usage", "tone", tone, UsageTone)
    bar = markup(
        '<svg class="usages__bar" viewBox="0 0 100 4" preserveAspectRatio="none" '
        'aria-hidden="true" focusable="false"><rect class="usages__used" width="{}" height="4"/>'
        "</svg>",
        percent,
    )
    return markup(
        '<li class="usages__row usages__row--{}"><p class="usages__words"><span>{}</span>'
        '<span class="figures">{}</span></p>{}{}</li>',
        tone,
        label,
        figure,
        bar if percent is not None else "",
        markup(
            '<p class="usages__text">{}<span>{}</span></p>',
            draw_icon(USAGE_ICONS[tone], "small") if tone in USAGE_ICONS else "",
            text,
        )
        if text
        else "",
    )


@register.simple_block_tag
def offers(content: str) -> SafeString:
    """What one can choose from, side by side where there is room; fill it with `offer`s."""
    return markup('<ul class="offers">{}</ul>', content)


@register.simple_block_tag
def offer(
    content: str,
    name: str,
    price: str,
    per: str,
    *,
    text: str = "",
    mark: str = "",
    url: str = "",
    action: str = "",
) -> str:
    """A plan with its price; between the tags its `offer_feature`s.

    `mark` says that one has it already.
    """
    return render_to_string(
        "ui/components/offer.html",
        {
            "name": name,
            "price": price,
            "per": per,
            "text": text,
            "badge": badge(mark, tone="success") if mark else "",
            "url": url,
            "action": action,
            "features": content,
        },
    )


@register.simple_block_tag
def offer_features(content: str) -> SafeString:
    """What is in the one that was chosen, without its frame; fill it with `offer_feature`s."""
    return markup('<ul class="offers__features">{}</ul>', content)


@register.simple_tag
def offer_feature(text: str, more: str = "") -> SafeString:
    return markup(
        '<li class="offers__feature">{}<span>{}{}</span></li>',
        draw_icon("check", "small"),
        text,
        markup('<span class="offers__more">{}</span>', more) if more else "",
    )


@register.simple_block_tag
def disclosure(content: str, label: str, *, opened: bool = False) -> SafeString:
    """What only some need, behind one line that opens it."""
    return markup(
        '<details class="disclosure"{}><summary class="disclosure__summary">{}<span>{}</span>'
        '</summary><div class="disclosure__body">{}</div></details>',
        SafeString(" open") if opened else "",
        draw_icon("chevron-right", "small"),
        label,
        content,
    )
