"""What staff do with an invoice: issue it, send it, credit it, make it void."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from backend.billing import jobs
from backend.billing.models import Invoice
from backend.billing.models.invoice import State
from backend.billing.workflows.credit_invoice import credit_invoice, creditable, void_invoice
from backend.billing.workflows.issue_invoices import issue_invoices
from backend.common.admin import staff_actor
from backend.common.admin_actions import Answers, ReasonForm, RowForm, asks_first
from backend.common.admin_money import MoneyField, Priced
from backend.common.money import written
from backend.common.transitions import LONGEST_REASON

if TYPE_CHECKING:
    from backend.common.admin import ModelAdmin as _Base
else:
    _Base = object


class CreditForm(Priced, RowForm):
    """Everything that is left, or a net amount of each line."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="It stands on the credit note.",
    )
    everything = forms.BooleanField(
        label="Credit all that is left", required=False, widget=UnfoldBooleanSwitchWidget
    )

    def __init__(self, data: Any, *, row: Invoice) -> None:
        super().__init__(data, row=row)
        self.lines = {
            f"line_{each.line.position}": each for each in creditable(row) if each.left_minor
        }
        for name, each in self.lines.items():
            whole = written(each.line.net_minor, row.currency)
            left = written(each.left_minor, row.currency)
            self.fields[name] = MoneyField(
                label=f"{each.line.position}. {each.line.description}",
                required=False,
                help_text=f"Without tax; {left} of {whole} is left.",
            )

    def in_currency(self) -> str:
        return str(self.row.currency)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        typed = {name: self.cleaned_data.get(name) for name in self.lines}
        for name, amount in typed.items():
            low, high = sorted((0, self.lines[name].left_minor))
            if amount and not low <= amount <= high:
                self.add_error(name, "That is more than what is left of it.")
        is_part = any(typed.values())
        if is_part == bool(self.cleaned_data.get("everything")) and not self.errors:
            self.add_error(None, "Credit all that is left, or say how much of which line.")
        self.cleaned_data["net_minor"] = (
            {self.lines[name].line.pk: amount for name, amount in typed.items() if amount}
            if is_part
            else None
        )
        return cleaned


class InvoiceActions(_Base):
    """To be mixed in before `ModelAdmin`."""

    def offers(self, action: str, row: Invoice) -> bool:
        is_issued = row.state != State.DRAFT
        if action == "issue":
            return not is_issued and row.total_minor >= 0 and row.lines.exists()
        if action == "void":
            return row.state == State.OPEN and row.allocated_minor == 0
        if action == "credit":
            is_valid = row.state in (State.OPEN, State.PAID)
            return is_valid and any(each.left_minor for each in creditable(row))
        return is_issued

    @asks_first(
        "Issue",
        permission="billing.issue_invoice",
        title="Issue this invoice to {row.tenant}",
        explanation="It gets the next number and today’s date, and is mailed to those who look "
        "after the tenant’s bills. From then on it never changes: it can only be credited.",
        icon="outgoing_mail",
    )
    def issue(self, request: HttpRequest, invoice: Invoice, answers: Answers) -> str:
        issue_invoices([invoice], by=staff_actor(request))
        return f"Invoice {invoice} is issued."

    @asks_first(
        "Send again",
        permission="billing.send_invoice",
        title="Send invoice {row} again",
        explanation="A job mails it, with its PDF, to everybody who looks after the tenant’s "
        "bills.",
        icon="forward_to_inbox",
    )
    def send_again(self, request: HttpRequest, invoice: Invoice, answers: Answers) -> str:
        jobs.queue_all(jobs.MAIL_INVOICE, "invoice_id", [invoice.pk])
        return f"Invoice {invoice} is being sent."

    @asks_first(
        "Credit",
        permission="billing.credit_invoice",
        title="Credit invoice {row}",
        explanation="Issues a credit note, which is mailed. It settles what is still due of the "
        "invoice; the rest is the tenant’s credit, for its next invoice or for a refund.",
        submit="Issue the credit note",
        form=CreditForm,
        icon="undo",
    )
    def credit(self, request: HttpRequest, invoice: Invoice, answers: Answers) -> str:
        note = credit_invoice(
            invoice,
            by=staff_actor(request),
            reason=answers["reason"],
            net_minor=answers["net_minor"],
        )
        return f"Credit note {note} over {written(note.total_minor, note.currency)} is issued."

    @asks_first(
        "Make void",
        permission="billing.void_invoice",
        title="Make invoice {row} void",
        explanation="Issues a credit note over the whole of it. Nothing of it is due any more, "
        "and it can’t be undone.",
        form=ReasonForm,
        icon="block",
        is_grave=True,
    )
    def void(self, request: HttpRequest, invoice: Invoice, answers: Answers) -> str:
        note = void_invoice(invoice, by=staff_actor(request), reason=answers["reason"])
        return f"Invoice {invoice} is void, by credit note {note}."
