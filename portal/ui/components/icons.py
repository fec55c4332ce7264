"""Icons of the Lucide set, as inline SVG, so that they take the colour of the text around them."""

from functools import cache
from typing import Literal

from django.template import Library
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from portal.ui.components.choices import choose
from portal.ui.components.markup import markup

IconSize = Literal["small", "medium", "large", "huge"]
PIXELS = {"small": 16, "medium": 20, "large": 24, "huge": 40}

register = Library()


@cache
def _decorative(name: str, size: str) -> SafeString:
    choose("icon", "size", size, IconSize)
    # A hairline reads finer than Lucide's own 2 px at large sizes.
    stroke = "1.25" if size == "huge" else "1.75"
    return mark_safe(  # noqa: S308 -- drawings of the icon library
        lucide(
            name,
            size=PIXELS[size],
            stroke_width=stroke,
            **{"class": f"icon icon--{size}", "aria_hidden": "true", "focusable": "false"},
        )
    )


@register.simple_tag
def icon(name: str, size: str = "medium", label: str = "") -> SafeString:
    """Decorative unless it has a `label`, which is then what a screen reader says."""
    drawing = _decorative(name, size)
    if not label:
        return drawing
    return markup('{}<span class="visually-hidden">{}</span>', drawing, label)
