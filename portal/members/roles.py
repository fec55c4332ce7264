"""What each role may do, in a sentence, for whoever gives it or gets it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from portal.ui.components.shell import ROLE_NAMES
from portal.ui.widgets import Choice

SENTENCES: Final = {
    "owner": _(
        "May do everything: name other owners, connect programs and databases, and take all data "
        "along."
    ),
    "manager": _(
        "Runs the business from day to day, and decides which accountants and waiters belong to it."
    ),
    "accountant": _("Looks at customers and exports their list, but changes nothing."),
    "waiter": _("Looks at customers, adds new ones and keeps them up to date."),
}


def choices(roles: Iterable[str]) -> list[tuple[str, Choice]]:
    return [(role, Choice(ROLE_NAMES[role], SENTENCES[role])) for role in roles]
