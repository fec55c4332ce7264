"""Text to be taken elsewhere: keys, addresses, commands."""

from typing import Literal

from django.template import Library
from django.template.loader import render_to_string
from django.utils.text import slugify

from portal.ui.components.choices import choose

CopyableSize = Literal["line", "lines"]

register = Library()


@register.simple_tag
def copyable(label: str, value: str, *, name: str, size: str = "line") -> str:
    """A text that is there to be copied, whole: by hand anywhere, by one press where scripts run.

    `name` tells it from others on the page. `lines` is for what doesn't fit into one.
    """
    choose("copyable", "size", size, CopyableSize)
    return render_to_string(
        "ui/components/copyable.html",
        {"label": label, "value": value, "id": f"copyable-{slugify(name)}", "size": size},
    )
