"""The parts of the signed-in frame that depend on who is looking."""

from collections.abc import Iterable

from django.template import Context, Library
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.api_client import Viewer
from portal.ui.navigation import (
    BY_STATE,
    IN_A_BUSINESS,
    OUTSIDE_OF_ONE,
    SETTING_UP,
    SETTINGS,
    Destination,
)

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
    if viewer is None:
        return ""
    here = request.resolver_match.namespace if request.resolver_match else ""
    if viewer.tenant:
        args = [viewer.tenant.slug]
        destinations = BY_STATE.get(viewer.tenant.state, IN_A_BUSINESS)
        entries = [
            _entry(each, args, here) | {"marker": request.markers.get(each.area, "")}
            for each in _open_to(viewer, destinations)
        ]
        sections = [] if destinations is SETTING_UP else _open_to(viewer, SETTINGS)
        if sections:
            elsewhere = any(entry["current"] for entry in entries)
            entries.append(
                {
                    "label": _("Settings"),
                    "icon": "settings",
                    "url": reverse(sections[0].url_name, args=args),
                    "current": here in {each.area for each in SETTINGS} and not elsewhere,
                }
            )
    else:
        entries = [_entry(each, [], here) for each in OUTSIDE_OF_ONE]
    return render_to_string("ui/shell/navigation.html", {"entries": entries})


@register.simple_tag(takes_context=True)
def settings_navigation(context: Context) -> str:
    """The sections of the settings that this person may open, as tabs."""
    request = context["request"]
    viewer, here = request.viewer, request.resolver_match.namespace
    entries = [_entry(each, [viewer.tenant.slug], here) for each in _open_to(viewer, SETTINGS)]
    return render_to_string("ui/shell/settings_navigation.html", {"entries": entries})


def _open_to(viewer: Viewer, destinations: Iterable[Destination]) -> list[Destination]:
    return [each for each in destinations if not each.ability or viewer.can(each.ability)]


def _entry(destination: Destination, args: list[str], here: str) -> dict[str, object]:
    return {
        "label": destination.label,
        "icon": destination.icon,
        "url": reverse(destination.url_name, args=args),
        "current": destination.area == here,
    }
