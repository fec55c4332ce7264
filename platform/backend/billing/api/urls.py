from django.urls import path

from backend.billing.api import account, credit_notes, invoices, payments

urlpatterns = [
    path("billing/", account.Billing.as_view(), name="billing"),
    path("statement/", account.Statement.as_view(), name="statement"),
    path("invoices/", invoices.Invoices.as_view(), name="invoices"),
    path("invoices/<uuid:invoice_id>/", invoices.InvoiceDetail.as_view(), name="invoice"),
    path("invoices/<uuid:invoice_id>/link/", invoices.InvoiceLink.as_view(), name="invoice-link"),
    path("credit-notes/", credit_notes.CreditNotes.as_view(), name="credit-notes"),
    path(
        "credit-notes/<uuid:credit_note_id>/",
        credit_notes.CreditNoteDetail.as_view(),
        name="credit-note",
    ),
    path(
        "credit-notes/<uuid:credit_note_id>/link/",
        credit_notes.CreditNoteLink.as_view(),
        name="credit-note-link",
    ),
    path("payments/", payments.Payments.as_view(), name="payments"),
    path("payments/<uuid:payment_id>/", payments.PaymentDetail.as_view(), name="payment"),
    path("payments/<uuid:payment_id>/card/", payments.PaymentCard.as_view(), name="payment-card"),
]
