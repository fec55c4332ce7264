"""Pages about work that goes on by itself: they look again, with JavaScript and without."""

from __future__ import annotations

from django.template import Library
from django.utils.safestring import SafeString

from portal.ui.components.markup import markup

register = Library()


@register.simple_tag
def looks_again(seconds: int = 2) -> SafeString:
    """In the `head` block, while the work goes on.

    With JavaScript the `live` parts are replaced in place, and the page is loaded once more when
    the work is over. Without, the whole page is.
    """
    return markup(
        '<meta name="looks-again" content="{}">'
        '<noscript><meta http-equiv="refresh" content="{}"></noscript>',
        seconds,
        seconds,
    )


@register.simple_block_tag
def live(content: str, name: str) -> SafeString:
    """A part of the page that changes while one watches."""
    return markup('<div id="{}" data-live>{}</div>', name, content)


@register.simple_tag
def live_status(text: str, name: str) -> SafeString:
    """A sentence that changes while one watches, and is read out when it does."""
    return markup('<p id="{}" class="soft" role="status" data-live>{}</p>', name, text)
