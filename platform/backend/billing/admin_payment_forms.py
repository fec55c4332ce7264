"""What staff are asked about a payment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from backend.billing.admin_parts import today
from backend.billing.models import Account
from backend.billing.workflows.refund_payment import refundable
from backend.common.admin_actions import ReasonForm, RowForm
from backend.common.admin_money import MoneyField, Priced
from backend.common.money import written

# The database takes a little more.
MOST: Final = Decimal(1_000_000_000)
LEAST: Final = Decimal("0.01")


class BankForm(Priced):
    """What a bank's statement says of a transfer. To be mixed in before a form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount_minor"] = MoneyField(
            label="Amount that came in", min_value=LEAST, max_value=MOST
        )
        self.fields["gateway_reference"] = forms.CharField(
            label="The bank's reference",
            max_length=255,
            widget=UnfoldAdminTextInputWidget,
            help_text="As it stands on the statement: nothing is booked twice under the same",
        )
        self.fields["booked_on"] = forms.DateField(
            label="Booked by the bank on", widget=UnfoldAdminSingleDateWidget, initial=today
        )

    def clean_booked_on(self) -> date:
        day: date = self.cleaned_data["booked_on"]
        if day > today():
            raise forms.ValidationError("That day is still to come.")
        return day

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if day := self.cleaned_data.get("booked_on"):
            # The ledger books it today: a statement of yesterday stays as it was sent.
            self.cleaned_data["reason"] = f"Booked by the bank on {day:%-d %B %Y}."
        return cleaned


class ConfirmForm(BankForm, RowForm):
    def __init__(self, data: Any, *, row: Any) -> None:
        super().__init__(data, row=row)
        self.initial["amount_minor"] = row.amount_minor

    def in_currency(self) -> str:
        return str(self.row.currency)


class NotReceivedForm(ReasonForm):
    failure = forms.ChoiceField(
        label="What happened",
        choices=[("not-received", "It didn't come in"), ("returned", "The bank returned it")],
        widget=UnfoldAdminSelectWidget,
    )


class RefundForm(Priced, RowForm, ReasonForm):
    amount_minor = MoneyField(label="Amount", min_value=LEAST, max_value=MOST)
    field_order = ("amount_minor", "reason")

    def __init__(self, data: Any, *, row: Any) -> None:
        super().__init__(data, row=row)
        account = Account.objects.for_tenant(row.tenant_id).first()
        left = refundable(account, row) if account else 0
        self.initial["amount_minor"] = left
        self.fields["amount_minor"].help_text = f"At most {written(left, row.currency)}"

    def in_currency(self) -> str:
        return str(self.row.currency)
