"""What the platform's words about invoices and money are called here."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from portal.api_client.billing import Entry, Invoice, InvoiceItem, Line, Payment
from portal.ui.components.formats import decimal
from portal.ui.widgets import Choice

Words = str | Promise


class Label(NamedTuple):
    label: Words
    tone: str = "neutral"
    icon: str = ""


INVOICE_STATES: Final[Mapping[str, Label]] = {
    "open": Label(pgettext_lazy("of an invoice", "Open"), icon="circle-dashed"),
    "overdue": Label(gettext_lazy("Overdue"), "danger"),
    "paid": Label(gettext_lazy("Paid"), "success"),
    "void": Label(gettext_lazy("Void"), icon="circle-slash"),
}
PAYMENT_STATES: Final[Mapping[str, Label]] = {
    "pending": Label(gettext_lazy("Not finished"), "warning", "hourglass"),
    "confirmed": Label(gettext_lazy("Received"), "success"),
    "failed": Label(gettext_lazy("Failed"), "danger"),
}
# A pending payment, by what comes next.
PENDING_UNTIL: Final[Mapping[str, Label]] = {
    "transfer": Label(gettext_lazy("Waits for the transfer"), "warning", "hourglass"),
    "card": Label(gettext_lazy("Waits for you"), "warning", "hourglass"),
    "redirect": Label(gettext_lazy("Waits for you"), "warning", "hourglass"),
    "": Label(gettext_lazy("Being confirmed"), "warning", "hourglass"),
}
SUPERSEDED: Final = Label(gettext_lazy("No longer needed"), icon="circle-slash")
REFUND_STATES: Final[Mapping[str, Label]] = {
    "pending": Label(gettext_lazy("On its way to you"), "warning", "hourglass"),
    "confirmed": Label(gettext_lazy("Paid back"), "success"),
    "failed": Label(gettext_lazy("Failed"), "danger"),
}
METHODS: Final[Mapping[str, Choice]] = {
    "stripe": Choice(
        gettext_lazy("Card or wallet"),
        gettext_lazy("On the page of Stripe, who handle it for us. It counts at once."),
    ),
    "card": Choice(
        gettext_lazy("Test card"),
        gettext_lazy("For trying things out: nothing is charged. It counts at once."),
    ),
    "transfer": Choice(
        gettext_lazy("Bank transfer"),
        gettext_lazy("You get our account and a reference. It takes one or two days."),
    ),
}
METHOD_ICONS: Final[Mapping[str, str]] = {
    "stripe": "credit-card",
    "card": "credit-card",
    "transfer": "landmark",
}
FAILURES: Final[Mapping[str, Words]] = {
    "card-declined": gettext_lazy(
        "The bank declined the card, and nothing was charged. It doesn’t tell us why; often "
        "another card works, or a call to the bank."
    ),
    "payment-failed": gettext_lazy(
        "The payment provider tells us that it didn’t go through, and nothing was charged."
    ),
    "expired": gettext_lazy("It was begun, but not finished in time. Nothing was charged."),
    "not-received": gettext_lazy("We waited for the money, and it didn’t come in."),
    "returned": gettext_lazy("Your bank has taken the money back."),
}


def invoice_state(invoice: Invoice | InvoiceItem) -> Label:
    state = "overdue" if invoice.is_overdue else invoice.state
    return INVOICE_STATES.get(state) or Label(state)


def payment_state(payment: Payment) -> Label:
    if payment.is_superseded:
        return SUPERSEDED
    if payment.state == "pending":
        until = payment.next.kind if payment.next else ""
        return PENDING_UNTIL.get(until) or PAYMENT_STATES["pending"]
    return PAYMENT_STATES.get(payment.state) or Label(payment.state)


def method_name(method: str) -> Words:
    return METHODS[method].label if method in METHODS else method


def failure_of(payment: Payment) -> Words:
    """Why it failed, in a sentence; a reason that is new to us is not guessed at."""
    return FAILURES.get(payment.failure) or _("The payment didn’t go through.")


def quantity_of(line: Line) -> str:
    """ "1.5 hours", and of pieces just the number."""
    several = 1 if Decimal(line.quantity) == 1 else 2
    texts = {
        "MON": ngettext("%(number)s month", "%(number)s months", several),
        "ANN": ngettext("%(number)s year", "%(number)s years", several),
        "HUR": ngettext("%(number)s hour", "%(number)s hours", several),
    }
    return texts.get(line.unit, "%(number)s") % {"number": decimal(line.quantity)}


def entry_title(entry: Entry) -> str:
    texts = {
        "invoice": _("Invoice %(label)s"),
        "credit_note": _("Credit note %(label)s"),
        "payment": _("Payment %(label)s"),
        "refund": _("Refund of payment %(label)s"),
    }
    return texts.get(entry.kind, "%(label)s") % {"label": entry.label}
