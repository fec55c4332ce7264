"""The mails about payments, and about what comes of them for the tenant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from backend.billing.amounts import left_over
from backend.billing.mails.letters import Letter
from backend.billing.models import Allocation, Invoice, OverdueSuspension, Payment, PaymentTarget
from backend.billing.models.money import Method
from backend.billing.workflows.follow_payment import overdue_invoices
from backend.billing.workflows.take_payment import LEFT
from backend.billing.written import long_day, money

METHODS: Final = {
    "en": {
        Method.TRANSFER: "by bank transfer",
        Method.CARD: "by card",
        Method.STRIPE: "online",
    },
    "de": {
        Method.TRANSFER: "per Überweisung",
        Method.CARD: "mit Karte",
        Method.STRIPE: "online",
    },
}
# Why it failed, by its code; where there is no text, none is better than a guess.
FAILURES: Final = {
    "en": {
        "card-declined": "The bank declined the card, and nothing was charged.",
        "payment-failed": "Nothing was charged.",
        "not-received": "We waited for the money, and it didn’t come in.",
        "returned": "Your bank has taken the money back.",
    },
    "de": {
        "card-declined": "Die Bank hat die Karte abgelehnt, und es wurde nichts abgebucht.",
        "payment-failed": "Es wurde nichts abgebucht.",
        "not-received": "Wir haben auf das Geld gewartet, und es ist nicht angekommen.",
        "returned": "Ihre Bank hat das Geld zurückgenommen.",
    },
}


def payment_letter(payment: Payment) -> Letter:
    """What it was used for when it came in, and what was left of it then."""
    allocations = Allocation.objects.for_tenant(payment.tenant_id).filter(payment=payment)
    used = list(allocations.order_by("pk").values_list("invoice__number", "amount_minor"))
    left = left_over(payment.amount_minor, (minor for _, minor in used))

    def said(language: str) -> dict[str, Any]:
        return {
            **_payment(payment, language),
            "used": [(number, money(minor, payment.currency, language)) for number, minor in used],
            "left": money(left, payment.currency, language) if left else "",
        }

    return Letter("payment", payment.tenant, said)


def payment_failed_letter(payment: Payment) -> Letter | None:
    """None if it was only begun and left."""
    if payment.failure == LEFT:
        return None
    targets = PaymentTarget.objects.for_tenant(payment.tenant_id).filter(payment=payment)
    numbers = list(targets.order_by("pk").values_list("invoice__number", flat=True))

    def said(language: str) -> dict[str, Any]:
        return {
            **_payment(payment, language),
            "invoices": ", ".join(numbers),
            "why": FAILURES[language].get(payment.failure, ""),
        }

    return Letter("payment_failed", payment.tenant, said)


def suspension_letter(suspension: OverdueSuspension) -> Letter | None:
    """None if it was lifted meanwhile."""
    if suspension.lifted_at:
        return None
    overdue = list(overdue_invoices(suspension.tenant_id).oldest_due_first())

    def said(language: str) -> dict[str, Any]:
        return {"overdue": list(_overdue(overdue, language))}

    return Letter("suspension", suspension.tenant, said)


def reactivation_letter(suspension: OverdueSuspension) -> Letter:
    def said(language: str) -> dict[str, Any]:
        return {}

    return Letter("reactivation", suspension.tenant, said)


def _payment(payment: Payment, language: str) -> dict[str, Any]:
    return {
        "id": payment.pk,
        "amount": money(payment.amount_minor, payment.currency, language),
        "method": METHODS[language][Method(payment.method)],
        "reference": payment.reference,
    }


def _overdue(invoices: Iterable[Invoice], language: str) -> Iterable[tuple[str, str, str]]:
    for invoice in invoices:
        due = money(invoice.due_minor, invoice.currency, language)
        yield invoice.number, due, long_day(invoice.due_on, language) if invoice.due_on else ""
