"""Addresses of invoices, payments and the account, below `/t/<slug>/billing/`."""

from django.urls import path

from portal.billing.views import credit_notes, invoices, overview, paying, payments, statement

app_name = "billing"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("invoices/", invoices.listing, name="invoices"),
    path("invoices/<uuid:invoice_id>/", invoices.detail, name="invoice"),
    path("invoices/<uuid:invoice_id>/pdf/", invoices.pdf, name="invoice-pdf"),
    path("credit-notes/", credit_notes.listing, name="credit-notes"),
    path("credit-notes/<uuid:note_id>/", credit_notes.detail, name="credit-note"),
    path("credit-notes/<uuid:note_id>/pdf/", credit_notes.pdf, name="credit-note-pdf"),
    path("pay/", paying.pay, name="pay"),
    path("payments/", payments.listing, name="payments"),
    path("payments/<uuid:payment_id>/", payments.detail, name="payment"),
    path("statement/", statement.statement, name="statement"),
]
