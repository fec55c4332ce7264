"""What comes in, and the shapes of replies for the documentation."""

from __future__ import annotations

import re
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.billing.gateways.sandbox import CARDS, Card
from backend.billing.models.account import EntryKind
from backend.billing.models.invoice import State
from backend.billing.models.issued import TaxCategory, Unit
from backend.billing.models.money import Method
from backend.billing.models.money import State as MoneyState
from backend.common.api import StrictSerializer
from backend.common.api.lists import PageSerializer

MOST_INVOICES: Final = 200
# Drafts are never shown.
STATES: Final = [state for state in State.values if state != State.DRAFT]


class PaymentInput(StrictSerializer):
    method = serializers.ChoiceField(Method.values)
    invoices = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        allow_empty=False,
        max_length=MOST_INVOICES,
        help_text="Those to pay; without it all that is due",
    )


class CardInput(StrictSerializer):
    """A card of the sandbox. None of it is kept."""

    number = serializers.CharField(max_length=32, help_text="Spaces don't matter")
    expiry = serializers.CharField(max_length=7, help_text="MM/YY")
    cvc = serializers.CharField(max_length=4)

    def validate_number(self, text: str) -> Card:
        card = CARDS.get(text.replace(" ", ""))
        if card is None:
            raise serializers.ValidationError(
                _("The sandbox knows its own cards only."), "unknown-card"
            )
        return card

    def validate_expiry(self, text: str) -> str:
        found = re.fullmatch(r"(0[1-9]|1[0-2]) ?/ ?(\d\d)", text.strip(), re.ASCII)
        if not found:
            raise serializers.ValidationError(_("Month and year are expected: 08/29."))
        today = timezone.now()
        if (2000 + int(found[2]), int(found[1])) < (today.year, today.month):
            raise serializers.ValidationError(_("This card has expired."), "expired")
        return text

    def validate_cvc(self, text: str) -> str:
        if not re.fullmatch(r"\d{3,4}", text.strip(), re.ASCII):
            raise serializers.ValidationError(_("Three or four digits are expected."))
        return text


class CanField(serializers.ListField):
    child = serializers.CharField()


class NumberedShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()


class BillingShape(serializers.Serializer[Any]):
    """Amounts are integers in the currency's smallest unit."""

    currency = serializers.CharField()
    balance_minor = serializers.IntegerField(help_text="What is owed; negative: a credit")
    due_minor = serializers.IntegerField(help_text="Open on invoices")
    overdue_minor = serializers.IntegerField(help_text="Of that, what is late")
    credit_minor = serializers.IntegerField(help_text="Came in and isn't used yet")
    refunding_minor = serializers.IntegerField(
        help_text="Of the credit, what is on its way back and pays for nothing"
    )
    open_invoices = serializers.IntegerField()
    overdue_invoices = serializers.IntegerField()
    next_due_on = serializers.DateField(allow_null=True, help_text="The earliest, also a past one")
    methods = serializers.ListField(child=serializers.ChoiceField(Method.values))
    can = CanField(help_text="Among: pay")


class InvoiceShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    is_overdue = serializers.BooleanField(help_text="Open after its last day in the seller's zone")
    issued_on = serializers.DateField()
    due_on = serializers.DateField()
    net_minor = serializers.IntegerField()
    tax_minor = serializers.IntegerField()
    total_minor = serializers.IntegerField()
    due_minor = serializers.IntegerField(help_text="What is still to be paid of it")
    currency = serializers.CharField()
    can = CanField(help_text="Among: pay")


class InvoicePageShape(PageSerializer):
    results = InvoiceShape(many=True)


class SellerShape(serializers.Serializer[Any]):
    """The operator as it was at issue."""

    name = serializers.CharField()
    street = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    vat_id = serializers.CharField()
    registration = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    iban = serializers.CharField()
    bic = serializers.CharField()
    bank = serializers.CharField()


class BuyerShape(serializers.Serializer[Any]):
    """The business as it was at issue."""

    name = serializers.CharField()
    trading_name = serializers.CharField()
    street = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    vat_id = serializers.CharField()
    reference = serializers.CharField()


class DocumentLineShape(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    description = serializers.CharField()
    quantity = serializers.DecimalField(12, 3, help_text="Negative: given back")
    unit = serializers.ChoiceField(Unit.values, help_text="UN/ECE recommendation 20")
    unit_price_minor = serializers.IntegerField()
    net_minor = serializers.IntegerField(help_text="Rounded half-up, as its tax")
    tax_percent = serializers.DecimalField(5, 2)
    tax_minor = serializers.IntegerField()
    period_start = serializers.DateField(allow_null=True)
    period_end = serializers.DateField(allow_null=True, help_text="The first day after it")


class TaxShape(serializers.Serializer[Any]):
    tax_percent = serializers.DecimalField(5, 2)
    net_minor = serializers.IntegerField()
    tax_minor = serializers.IntegerField()


class PaymentRefShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    method = serializers.ChoiceField(Method.values)


class InvoiceAllocationShape(serializers.Serializer[Any]):
    """What settled a part of it: a payment, a credit note, or credit that there was."""

    amount_minor = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    payment = PaymentRefShape(allow_null=True)
    credit_note = NumberedShape(allow_null=True)


class InvoiceCreditNoteShape(NumberedShape):
    issued_on = serializers.DateField()
    total_minor = serializers.IntegerField()


class ReminderShape(serializers.Serializer[Any]):
    level = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class InvoiceDetailShape(InvoiceShape):
    """An invoice as it was issued. Nothing but what settled it ever changes."""

    seller = SellerShape()
    buyer = BuyerShape()
    language = serializers.CharField()
    note = serializers.CharField()
    tax_category = serializers.ChoiceField(TaxCategory.values, help_text="UNTDID 5305")
    lines = DocumentLineShape(many=True)
    taxes = TaxShape(many=True)
    allocated_minor = serializers.IntegerField()
    allocations = InvoiceAllocationShape(many=True)
    credit_notes = InvoiceCreditNoteShape(many=True)
    reminders = ReminderShape(many=True)
    has_document = serializers.BooleanField()


class DocumentLinkShape(serializers.Serializer[Any]):
    url = serializers.URLField(help_text="Opens the PDF for whoever has it")
    expires_at = serializers.DateTimeField()


class CreditNoteShape(serializers.Serializer[Any]):
    """Amounts are positive: what was taken back."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    issued_on = serializers.DateField()
    net_minor = serializers.IntegerField()
    tax_minor = serializers.IntegerField()
    total_minor = serializers.IntegerField()
    currency = serializers.CharField()
    reason = serializers.CharField()
    invoice = NumberedShape()


class CreditNotePageShape(PageSerializer):
    results = CreditNoteShape(many=True)


class CreditNoteAllocationShape(serializers.Serializer[Any]):
    amount_minor = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    invoice = NumberedShape()


class CreditNoteDetailShape(CreditNoteShape):
    seller = SellerShape()
    buyer = BuyerShape()
    language = serializers.CharField()
    tax_category = serializers.ChoiceField(TaxCategory.values)
    lines = DocumentLineShape(many=True)
    taxes = TaxShape(many=True)
    allocations = CreditNoteAllocationShape(many=True, help_text="The rest became credit")
    has_document = serializers.BooleanField()


class PaymentAllocationShape(serializers.Serializer[Any]):
    invoice = NumberedShape()
    amount_minor = serializers.IntegerField()


class RefundShape(serializers.Serializer[Any]):
    amount_minor = serializers.IntegerField()
    state = serializers.ChoiceField(MoneyState.values)
    created_at = serializers.DateTimeField()
    reason = serializers.CharField()


class NextStepShape(serializers.Serializer[Any]):
    """What the payer does next: `transfer` it there, follow the `redirect`, or POST a `card`."""

    kind = serializers.ChoiceField(["transfer", "redirect", "card"])
    name = serializers.CharField(required=False)
    iban = serializers.CharField(required=False)
    bic = serializers.CharField(required=False)
    bank = serializers.CharField(required=False)
    reference = serializers.CharField(required=False, help_text="To be written on the transfer")
    amount_minor = serializers.IntegerField(required=False)
    url = serializers.URLField(required=False)


class PaymentShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    method = serializers.ChoiceField(Method.values)
    state = serializers.ChoiceField(MoneyState.values)
    amount_minor = serializers.IntegerField(help_text="Once confirmed, what came in")
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField(help_text="A code, such as `card-declined`; or empty")
    begun_by = serializers.CharField()
    invoices = NumberedShape(many=True, help_text="What it was begun for")
    due_minor = serializers.IntegerField(help_text="What of these is still to be paid")
    allocations = PaymentAllocationShape(many=True, help_text="What it settled; the rest is credit")
    refunds = RefundShape(many=True)
    next = NextStepShape(allow_null=True, help_text="Null while pending: wait for the gateway")


class PaymentPageShape(PageSerializer):
    results = PaymentShape(many=True)


class EntryShape(serializers.Serializer[Any]):
    booked_on = serializers.DateField()
    booked_at = serializers.DateTimeField()
    kind = serializers.ChoiceField(EntryKind.values)
    amount_minor = serializers.IntegerField(help_text="Positive is owed")
    balance_minor = serializers.IntegerField(help_text="After it")
    label = serializers.CharField(  # type: ignore[assignment] # of a serializer, not of a field
        help_text="The document's number, or the payment's reference"
    )
    invoice = NumberedShape(allow_null=True)
    credit_note = NumberedShape(allow_null=True)
    payment = PaymentRefShape(allow_null=True, help_text="Of a refund, the one that it was of")


class StatementShape(PageSerializer):
    as_of = serializers.DateField()
    currency = serializers.CharField()
    balance_minor = serializers.IntegerField(help_text="The sum of all until the end of that day")
    results = EntryShape(many=True)
