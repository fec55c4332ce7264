"""The parts of the signed-in frame that depend on who is looking."""

from django.template import Context, Library
from django.template.loader import render_to_string
from django.urls import ResolverMatch, reverse
from django.utils.translation import gettext_lazy as _

from portal.ui.navigation import IN_A_BUSINESS, OUTSIDE_OF_ONE, Destination

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
    if viewer.tenant:
        destinations = [
            each for each in IN_A_BUSINESS if not each.ability or viewer.can(each.ability)
        ]
        args = [viewer.tenant.slug]
    else:
        destinations, args = list(OUTSIDE_OF_ONE), []
    entries = [
        {
            "label": each.label,
            "icon": each.icon,
            "url": reverse(each.url_name, args=args),
            "current": each == _current(destinations, request.resolver_match),
        }
        for each in destinations
    ]
    return render_to_string("ui/shell/navigation.html", {"entries": entries})


def _current(destinations: list[Destination], here: ResolverMatch | None) -> Destination | None:
    """The destination of this very page, else the first one of its area."""
    if here is None:
        return None
    exact = [each for each in destinations if each.url_name == here.view_name]
    near = [each for each in destinations if each.area == here.namespace]
    return next(iter(exact + near), None)
