"""The parts of the signed-in frame that depend on who is looking."""

from typing import Any

from django.template import Context, Library
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.ui.navigation import DESTINATIONS

ROLE_NAMES = {
    "owner": _("Owner"),
    "manager": _("Manager"),
    "accountant": _("Accountant"),
    "waiter": _("Waiter"),
}

register = Library()


@register.simple_tag
def role_name(role: str | None) -> str:
    return str(ROLE_NAMES[role]) if role in ROLE_NAMES else ""


@register.simple_tag(takes_context=True)
def main_navigation(context: Context) -> str:
    """The destinations of the chosen business that this person may open."""
    request = context["request"]
    viewer = request.viewer
    if viewer is None or viewer.tenant is None:
        return ""
    here = request.resolver_match.namespace if request.resolver_match else ""
    entries: list[dict[str, Any]] = [
        {
            "label": destination.label,
            "icon": destination.icon,
            "url": reverse(destination.url_name, args=[viewer.tenant.slug]),
            "current": destination.area == here,
        }
        for destination in DESTINATIONS
        if not destination.ability or viewer.can(destination.ability)
    ]
    return render_to_string("ui/shell/navigation.html", {"entries": entries})
