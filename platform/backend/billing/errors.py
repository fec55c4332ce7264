"""What can go wrong in billing, as callers are told."""

from __future__ import annotations

from backend.common.problems import NotFound, Problem


class SellerMissing(Problem):
    """Nothing that a caller could change: staff haven't said who sells."""

    status_code = 409
    code = "seller-missing"
    title = "This installation isn't ready to sell yet"


class InvoiceNotFound(NotFound):
    code = "invoice-not-found"
    title = "No such invoice"


class CreditNoteNotFound(NotFound):
    code = "credit-note-not-found"
    title = "No such credit note"


class DocumentNotReady(Problem):
    """A job makes it: within seconds it is there. Says so in `Retry-After`."""

    status_code = 409
    code = "document-not-ready"
    title = "The document is being made"


class QuoteChanged(Problem):
    """`total_minor` is what it comes to now: a day has begun, or somebody else was quicker."""

    status_code = 409
    code = "quote-changed"
    title = "The price difference isn't what was shown any more"


class PaymentNotFound(NotFound):
    code = "payment-not-found"
    title = "No such payment"


class InvoiceEmpty(Problem):
    """An invoice without lines, or of less than nothing, isn't issued."""

    status_code = 409
    code = "invoice-empty"
    title = "There is nothing to invoice"


class NotDraft(Problem):
    status_code = 409
    code = "invoice-issued"
    title = "An issued invoice can't be changed; it can be credited"


class InvoicePaid(Problem):
    """Money came in for it: it can be credited, not made void."""

    status_code = 409
    code = "invoice-paid"
    title = "Something was paid for this invoice"


class CreditTooLarge(Problem):
    """`left_minor` is what can still be credited."""

    status_code = 400
    code = "credit-too-large"
    title = "More than what is left of it"


class NothingDue(Problem):
    status_code = 409
    code = "nothing-due"
    title = "Nothing is due"


class MethodNotOffered(Problem):
    status_code = 400
    code = "method-not-offered"
    title = "This installation doesn't take payments this way"


class RefundTooLarge(Problem):
    """`left_minor` is what can be refunded: of the payment, and of the tenant's credit."""

    status_code = 400
    code = "refund-too-large"
    title = "More than what can be refunded"


class PaymentKnown(Problem):
    """The gateway's reference belongs to another payment."""

    status_code = 409
    code = "payment-known"
    title = "This payment is on record already"


class GatewayFailed(Problem):
    """The gateway didn't answer, or not as it should. Nothing was charged."""

    status_code = 502
    code = "gateway-failed"
    title = "The payment provider can't be reached just now"
