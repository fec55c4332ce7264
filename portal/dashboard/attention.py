"""What needs attention, in words: the platform names it by a code and counts it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.api_client.billing import BillingOverview
from portal.api_client.reports import Attention
from portal.api_client.tickets import TicketSummary
from portal.tickets.words import shown_count
from portal.ui.components.formats import count, day, money


@dataclass(frozen=True, slots=True)
class Item:
    icon: str
    text: str
    url: str
    action: str


def _failed_rows(item: Attention, slug: str) -> Item:
    url = (
        reverse("crm:import-report", args=[slug, item.import_id])
        if item.import_id
        else reverse("crm:imports", args=[slug])
    )
    text = ngettext(
        "%(number)s row of your last import couldn’t be read",
        "%(number)s rows of your last import couldn’t be read",
        item.count,
    )
    return Item(
        "file-exclamation-point", text % {"number": count(item.count)}, url, _("See the report")
    )


def _without_contact(item: Attention, slug: str) -> Item:
    text = ngettext(
        "%(number)s customer has neither an email address nor a phone number",
        "%(number)s customers have neither an email address nor a phone number",
        item.count,
    )
    return Item(
        "contact-round",
        text % {"number": count(item.count)},
        f"{reverse('crm:list', args=[slug])}?contact=none",
        _("Show customers"),
    )


def about_money(billing: BillingOverview | None, slug: str) -> list[Item]:
    """What is overdue, or else what is due soon."""
    if billing is None or not billing.due_minor:
        return []
    url = reverse("billing:overview", args=[slug])
    if billing.overdue_minor:
        amount = money(billing.overdue_minor, billing.currency)
        text = ngettext(
            "%(amount)s is overdue, on %(number)s invoice",
            "%(amount)s is overdue, on %(number)s invoices",
            billing.overdue_invoices,
        )
        facts = {"amount": amount, "number": count(billing.overdue_invoices)}
        return [Item("circle-alert", text % facts, url, _("See and pay"))]
    text = _("%(amount)s is to pay, the next by %(day)s")
    facts = {
        "amount": money(billing.due_minor, billing.currency),
        "day": day(billing.next_due_on),
    }
    return [Item("receipt-text", text % facts, url, _("See and pay"))]


def about_tickets(tickets: TicketSummary | None, slug: str) -> list[Item]:
    """What waits for an answer, or else what is new."""
    if tickets is None:
        return []
    url = reverse("tickets:list", args=[slug])
    if tickets.awaiting_you:
        text = ngettext(
            "%(number)s ticket waits for your answer",
            "%(number)s tickets wait for your answer",
            tickets.awaiting_you,
        )
        facts = {"number": shown_count(tickets.awaiting_you)}
        return [Item("reply", text % facts, f"{url}?state=awaiting_customer", _("Read and answer"))]
    if tickets.unread:
        text = ngettext(
            "There is something new in %(number)s ticket",
            "There is something new in %(number)s tickets",
            tickets.unread,
        )
        facts = {"number": shown_count(tickets.unread)}
        return [Item("mail", text % facts, f"{url}?unread=true", _("Read"))]
    return []


WORDS = {
    "import-failed-rows": _failed_rows,
    "customers-without-contact": _without_contact,
}


def items(needed: Iterable[Attention], slug: str) -> list[Item]:
    """What the page shows; a code that it has no words for waits for a newer portal."""
    return [WORDS[each.code](each, slug) for each in needed if each.code in WORDS]
