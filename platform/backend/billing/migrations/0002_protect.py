from pathlib import Path

from django.db import migrations

from backend.common.protection import (
    AppendOnly,
    CompositeForeignKey,
    GuardTransitions,
    ProtectTable,
)

SQL = Path(__file__).parent / "sql"
# Facts: members look at them, and nobody changes them.
LEDGERS = (
    "billing_allocation",
    "billing_creditnote",
    "billing_creditnoteline",
    "billing_document",
    "billing_entry",
    "billing_invoicetransition",
    "billing_paymenttarget",
    "billing_paymenttransition",
    "billing_refundtransition",
    "billing_reminder",
)
# Written by the platform alone: no member can make out an invoice or a payment.
OTHERS = (
    "billing_account",
    "billing_invoice",
    "billing_invoiceline",
    "billing_overduesuspension",
    "billing_refund",
)
REFERENCES = (
    ("billing_allocation", "credit_note_id", "billing_creditnote"),
    ("billing_allocation", "invoice_id", "billing_invoice"),
    ("billing_allocation", "payment_id", "billing_payment"),
    ("billing_creditnote", "invoice_id", "billing_invoice"),
    ("billing_creditnoteline", "credit_note_id", "billing_creditnote"),
    ("billing_creditnoteline", "invoice_line_id", "billing_invoiceline"),
    ("billing_document", "credit_note_id", "billing_creditnote"),
    ("billing_document", "invoice_id", "billing_invoice"),
    ("billing_entry", "credit_note_id", "billing_creditnote"),
    ("billing_entry", "invoice_id", "billing_invoice"),
    ("billing_entry", "payment_id", "billing_payment"),
    ("billing_entry", "refund_id", "billing_refund"),
    ("billing_invoiceline", "service_id", "services_service"),
    ("billing_invoicetransition", "invoice_id", "billing_invoice"),
    ("billing_paymenttarget", "invoice_id", "billing_invoice"),
    ("billing_paymenttarget", "payment_id", "billing_payment"),
    ("billing_paymenttransition", "payment_id", "billing_payment"),
    ("billing_refund", "payment_id", "billing_payment"),
    ("billing_refundtransition", "refund_id", "billing_refund"),
    ("billing_reminder", "invoice_id", "billing_invoice"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0003_transitions"),
        ("tenants", "0002_protect"),
        ("services", "0002_protect"),
        ("billing", "0001_initial"),
    ]

    operations = [
        *(ProtectTable(table, grant="select") for table in (*LEDGERS, *OTHERS)),
        # Without what the gateway needs to go on.
        ProtectTable(
            "billing_payment",
            grant={
                "select": [
                    "id",
                    "tenant_id",
                    "created_at",
                    "updated_at",
                    "method",
                    "state",
                    "amount_minor",
                    "currency",
                    "reference",
                    "gateway_reference",
                    "failure",
                    "begun_by",
                    "begun_by_id",
                    "settled_at",
                ]
            },
        ),
        *(AppendOnly(table) for table in LEDGERS),
        # A draft goes with its lines.
        CompositeForeignKey("billing_invoiceline", "invoice_id", "billing_invoice", "CASCADE"),
        *(CompositeForeignKey(*each) for each in REFERENCES),
        GuardTransitions(
            "billing_invoice",
            initial="draft",
            changes=[("draft", "open"), ("open", "paid"), ("open", "void")],
        ),
        GuardTransitions(
            "billing_payment",
            initial="pending",
            changes=[("pending", "confirmed"), ("pending", "failed")],
        ),
        GuardTransitions(
            "billing_refund",
            initial="pending",
            changes=[("pending", "confirmed"), ("pending", "failed")],
        ),
        migrations.RunSQL((SQL / "freeze.sql").read_text(), (SQL / "unfreeze.sql").read_text()),
    ]
