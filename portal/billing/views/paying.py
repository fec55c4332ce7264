"""Choosing how to pay: one invoice, or all that is due."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.api_client import parallel
from portal.api_client.billing import BillingOverview, Invoice, InvoiceItem, Payment
from portal.api_client.errors import Missing, PlatformError
from portal.billing.forms import PayForm
from portal.billing.words import invoice_state, method_name
from portal.common.abilities import need
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.ui.components.formats import day

MOST_SHOWN = 50
MOST_PENDING = 10


class Due(NamedTuple):
    """What would be paid, as the platform says it."""

    amount_minor: int
    invoices: list[InvoiceItem | Invoice]
    more: bool = False

    def includes_some_of(self, payment: Payment) -> bool:
        ours = {each.id for each in self.invoices}
        return any(each.id in ours for each in payment.invoices)


class Part(NamedTuple):
    invoice: InvoiceItem | Invoice
    hint: str


@page_with_form
def pay(request: PortalRequest, slug: str) -> HttpResponse:
    chosen = _chosen(request.GET.get("invoice", ""))
    billing, due, pending = _what_is_due(request, chosen)
    form = PayForm(request.POST or None, methods=billing.methods)
    if form.is_valid():
        try:
            with form.relaying():
                payment = request.platform.billing.pay(
                    method=form.values["method"],
                    invoices=[chosen] if chosen else [],
                    idempotency_key=form.key,
                )
                if payment.next and payment.next.kind == "redirect":
                    return _to_provider(request, slug, payment.id, payment.next.url)
                return see_other("billing:payment", slug, payment.id)
        except PlatformError as error:
            if error.code == "nothing-due":
                return see_other("billing:overview", slug, notice="nothing-due")
            if error.code not in form.error_texts:
                raise
            form.add_errors(error)
            form.renew_key()
    if not due.amount_minor:
        return see_other("billing:overview", slug, notice="nothing-due")
    need("pay", billing.can)
    return render(
        request,
        "billing/pay.html",
        {
            "slug": slug,
            "form": form,
            "billing": billing,
            "due": due,
            "parts": [_part(each) for each in due.invoices],
            "on_their_way": [
                (each, method_name(each.method))
                for each in pending
                if each.is_on_its_way and due.includes_some_of(each)
            ],
            "one": due.invoices[0] if chosen else None,
        },
        status=form.status,
    )


def _chosen(given: str) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        raise Missing from None


def _what_is_due(
    request: PortalRequest, chosen: UUID | None
) -> tuple[BillingOverview, Due, tuple[Payment, ...]]:
    """And the payments that are pending, which may be for the same."""
    ours = request.platform.billing
    billing, pending, due = parallel(
        ours.overview,
        lambda: ours.payments(state="pending", limit=MOST_PENDING),
        lambda: ours.invoice(chosen) if chosen else ours.invoices(state="open", limit=MOST_SHOWN),
    )
    if isinstance(due, Invoice):
        return billing, Due(due.due_minor, [due]), pending.results
    return (
        billing,
        Due(billing.due_minor, [*due.results], bool(due.next_cursor)),
        pending.results,
    )


def _part(invoice: InvoiceItem | Invoice) -> Part:
    said = _("due on %(day)s") % {"day": day(invoice.due_on)}
    if invoice.is_overdue:
        said = f"{invoice_state(invoice).label}, {said}"
    return Part(invoice, said)


def _to_provider(request: PortalRequest, slug: str, payment_id: UUID, url: str) -> HttpResponse:
    """A page that leads on at once: browsers hold the answer to a form to where forms may go."""
    return render(
        request, "billing/to_provider.html", {"slug": slug, "url": url, "payment_id": payment_id}
    )
