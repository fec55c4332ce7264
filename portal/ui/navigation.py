"""The portal's navigation. An area of the site joins it with one line here."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Destination:
    area: str
    """The URL namespace; the destination is the current one on every page of it."""
    label: str | Promise
    icon: str
    url_name: str
    ability: str = ""
    """What a member must be able to do to see it; empty for everybody."""


SETTINGS: tuple[Destination, ...] = (
    Destination("business", _("Business"), "store", "business:profile", ability="tenant.history"),
    Destination("members", _("People"), "users", "members:list", ability="members.read"),
    Destination("client_apps", _("Apps"), "blocks", "client_apps:list", ability="client-apps.read"),
    Destination(
        "database_configs",
        _("Databases"),
        "database",
        "database_configs:list",
        ability="database-configs.read",
    ),
    Destination("activity", _("Activity"), "history", "activity:list", ability="audit.read"),
    Destination("exports", _("Export"), "archive", "exports:list", ability="tenant.export"),
)
"""What runs the business itself: tabs of one page, and one destination in the main navigation."""

SUPPORT = Destination("tickets", _("Support"), "life-buoy", "tickets:list", ability="tickets.read")

IN_A_BUSINESS = (
    Destination("dashboard", _("Overview"), "layout-dashboard", "dashboard:home"),
    Destination("crm", _("Customers"), "users-round", "crm:list", ability="customers.read"),
    Destination("services", _("Services"), "layers", "services:list", ability="services.read"),
    Destination(
        "billing", _("Billing"), "receipt-text", "billing:overview", ability="billing.read"
    ),
    SUPPORT,
)

SETTING_UP = (Destination("onboarding", _("Set-up"), "list-checks", "onboarding:resume"), SUPPORT)
CLOSED = (Destination("business", _("State"), "archive", "business:state"),)

BY_STATE = {"draft": SETTING_UP, "provisioning": SETTING_UP, "archived": CLOSED}
"""Where a business that isn't open, or not any more, leads instead."""

OUTSIDE_OF_ONE = (
    Destination("dashboard", _("Businesses"), "store", "dashboard:tenants"),
    Destination("account", _("Your account"), "user-round", "account:profile"),
)
