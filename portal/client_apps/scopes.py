"""What an app may do, in a restaurant owner's words. The words of the API stand for them there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.api_client.client_apps import Scope
from portal.ui.widgets import Choice


class Group(NamedTuple):
    label: str | Promise
    scopes: dict[str, Choice]


GROUPS: Final = (
    Group(
        _("Customers"),
        {
            "customers.read": Choice(
                _("See customers"), _("Names, contact details, tags and notes.")
            ),
            "customers.create": Choice(
                _("Add customers"), _("From a booking form on your website, for example.")
            ),
            "customers.update": Choice(
                _("Change customers"), _("Their details and tags, and add notes.")
            ),
            "customers.delete": Choice(_("Delete customers"), _("One by one, for good.")),
            "customers.import": Choice(_("Import lists"), _("Bring many customers along at once.")),
            "customers.export": Choice(
                _("Export the whole list"), _("Take a copy of every customer away.")
            ),
            "customers.merge": Choice(_("Merge duplicates"), _("Make one customer of two.")),
            "customers.erase": Choice(
                _("Erase people"), _("Remove a person’s details for good, when they ask for it.")
            ),
        },
    ),
    Group(
        _("Your business"),
        {
            "tenant.read": Choice(
                _("See the business’s details"), _("Its name, address, currency and time zone.")
            ),
            "tenant.update": Choice(
                _("Change the business’s details"), _("Its name, address and VAT id.")
            ),
            "tenant.export": Choice(
                _("Export everything"), _("Take a copy of all that the business owns.")
            ),
            "services.read": Choice(
                _("See plan and add-ons"), _("What they cost, and what is used of them.")
            ),
            "billing.read": Choice(
                _("See invoices and payments"), _("And what is still to be paid.")
            ),
        },
    ),
    Group(
        _("Support"),
        {
            "tickets.read": Choice(_("See its own tickets"), _("Those that it opened itself.")),
            "tickets.read-all": Choice(_("See all tickets"), _("Everybody’s, with their files.")),
            "tickets.write": Choice(
                _("Open tickets and write in them"), _("And close and reopen them.")
            ),
        },
    ),
    Group(
        _("People and settings"),
        {
            "members.read": Choice(_("See who works here"), _("Names, email addresses and roles.")),
            "client-apps.read": Choice(_("See the apps"), _("Never their keys.")),
            "database-configs.read": Choice(_("See the databases"), _("Never their passwords.")),
            "audit.read": Choice(_("See the activity"), _("Who did what, and when.")),
        },
    ),
)
_KNOWN: Final = {word: choice for group in GROUPS for word, choice in group.scopes.items()}

Choices = list[tuple[str | Promise, list[tuple[str, Choice]]]]


def label_of(word: str) -> str:
    """What the app may do, in a few words; the API's own word where there are none yet."""
    return str(_KNOWN[word].label) if word in _KNOWN else word


def labels_of(words: Collection[str]) -> list[str]:
    """The same for all of them, in the order of the groups."""
    known = [str(choice.label) for word, choice in _KNOWN.items() if word in words]
    return known + sorted(word for word in words if word not in _KNOWN)


def all_choices() -> Choices:
    """Everything that there are words for, before the platform has said what can be given."""
    return [(group.label, list(group.scopes.items())) for group in GROUPS]


def choices_of(available: Iterable[Scope], kept: Collection[str] = ()) -> Choices:
    """What can be given, and what an app has already and may keep.

    A scope that is newer than this portal stands last, as the platform describes it.
    """
    described = {scope.word: scope.description for scope in available}
    words = {*described, *kept}
    groups: Choices = [
        (group.label, [(word, each) for word, each in group.scopes.items() if word in words])
        for group in GROUPS
    ]
    more = sorted(words - set(_KNOWN))
    groups.append((_("More"), [(word, Choice(described.get(word) or word)) for word in more]))
    return [(label, choices) for label, choices in groups if choices]
