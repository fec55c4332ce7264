"""The parts of the signed-in frame that depend on who is looking."""

from django.template import Context, Library
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.ui.navigation import IN_A_BUSINESS, OUTSIDE_OF_ONE

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
            "current": each.area == here,
        }
        for each in destinations
    ]
    return render_to_string("ui/shell/navigation.html", {"entries": entries})
