"""What people press: buttons, links that look like buttons, menus."""

from typing import Literal

from django.template import Library
from django.utils.safestring import SafeString

from portal.ui.components.choices import choose
from portal.ui.components.icons import icon as draw_icon
from portal.ui.components.markup import markup

ButtonVariant = Literal["primary", "secondary", "quiet", "danger", "text"]
ButtonSize = Literal["small", "medium", "large"]
ButtonKind = Literal["submit", "button", "reset"]
ButtonWidth = Literal["auto", "full"]

register = Library()


def _classes(component: str, variant: str, size: str, width: str) -> str:
    choose(component, "variant", variant, ButtonVariant)
    choose(component, "size", size, ButtonSize)
    choose(component, "width", width, ButtonWidth)
    return f"button button--{variant} button--{size} button--{width}"


def _face(label: str, icon: str) -> SafeString:
    drawing = draw_icon(icon, "small") if icon else ""
    return markup('{}<span class="button__label">{}</span>', drawing, label)


@register.simple_tag
def button(
    label: str,
    *,
    variant: str = "secondary",
    size: str = "medium",
    width: str = "auto",
    icon: str = "",
    kind: str = "submit",
    name: str = "",
    value: str = "",
    form: str = "",
) -> SafeString:
    """A button of a form. `form` names the form when the button stands outside of it."""
    return markup(
        '<button class="{}" type="{}"{}{}{}>{}</button>',
        _classes("button", variant, size, width),
        choose("button", "kind", kind, ButtonKind),
        markup(' name="{}"', name) if name else "",
        markup(' value="{}"', value) if value else "",
        markup(' form="{}"', form) if form else "",
        _face(label, icon),
    )


@register.simple_tag
def link_button(
    label: str,
    url: str,
    *,
    variant: str = "secondary",
    size: str = "medium",
    width: str = "auto",
    icon: str = "",
    download: bool = False,
) -> SafeString:
    """A link that looks like a button: it goes somewhere and changes nothing."""
    return markup(
        '<a class="{}" href="{}"{}>{}</a>',
        _classes("link_button", variant, size, width),
        url,
        " download" if download else "",
        _face(label, icon),
    )


@register.simple_tag
def icon_button(label: str, icon: str, *, name: str = "", value: str = "") -> SafeString:
    """A quiet square button that shows only its icon; `label` is what it says."""
    return markup(
        '<button class="button button--quiet button--icon" type="submit" title="{}"{}{}>'
        '{}<span class="visually-hidden">{}</span></button>',
        label,
        markup(' name="{}"', name) if name else "",
        markup(' value="{}"', value) if value else "",
        draw_icon(icon, "small"),
        label,
    )


@register.simple_block_tag
def menu(content: str, label: str, icon: str = "ellipsis") -> SafeString:
    """A list of further actions behind one button. Fill it with `menu_link`s."""
    return markup(
        '<details class="menu" data-menu><summary class="button button--secondary button--medium">'
        '{}<span class="button__label">{}</span></summary>'
        '<ul class="menu__list">{}</ul></details>',
        draw_icon(icon, "small"),
        label,
        content,
    )


MenuLinkVariant = Literal["plain", "danger"]


@register.simple_tag
def menu_link(
    label: str, url: str, *, icon: str, variant: str = "plain", download: bool = False
) -> SafeString:
    choose("menu_link", "variant", variant, MenuLinkVariant)
    return markup(
        '<li><a class="menu__item menu__item--{}" href="{}"{}>{}<span>{}</span></a></li>',
        variant,
        url,
        " download" if download else "",
        draw_icon(icon, "small"),
        label,
    )


@register.simple_tag
def menu_choice(label: str, url: str, *, current: bool = False) -> SafeString:
    """One of several ways to see the page; the current one has a tick."""
    return markup(
        '<li><a class="menu__item" href="{}"{}><span>{}</span>{}</a></li>',
        url,
        SafeString(' aria-current="true"') if current else "",
        label,
        draw_icon("check", "small") if current else "",
    )


@register.simple_block_tag
def inline_confirm(content: str, label: str, question: str, *, icon: str = "trash-2") -> SafeString:
    """A quiet icon that asks once more before its form, which stands between the tags."""
    return markup(
        '<details class="menu" data-menu>'
        '<summary class="button button--quiet button--icon" title="{}">{}'
        '<span class="visually-hidden">{}</span></summary>'
        '<div class="menu__list menu__question"><p>{}</p>{}</div></details>',
        label,
        draw_icon(icon, "small"),
        label,
        question,
        content,
    )
