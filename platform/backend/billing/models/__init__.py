"""Invoices, what corrects them, and the money that settles them."""

from backend.billing.models.account import Account, Entry
from backend.billing.models.credit_note import CreditNote, CreditNoteLine
from backend.billing.models.document import Document
from backend.billing.models.events import GatewayEvent, OverdueSuspension, Reminder
from backend.billing.models.invoice import Invoice, InvoiceLine, InvoiceTransition
from backend.billing.models.money import Allocation, Payment, PaymentTarget, PaymentTransition
from backend.billing.models.numbers import NumberSeries
from backend.billing.models.refund import Refund, RefundTransition
from backend.billing.models.seller import Seller

__all__ = [
    "Account",
    "Allocation",
    "CreditNote",
    "CreditNoteLine",
    "Document",
    "Entry",
    "GatewayEvent",
    "Invoice",
    "InvoiceLine",
    "InvoiceTransition",
    "NumberSeries",
    "OverdueSuspension",
    "Payment",
    "PaymentTarget",
    "PaymentTransition",
    "Refund",
    "RefundTransition",
    "Reminder",
    "Seller",
]
