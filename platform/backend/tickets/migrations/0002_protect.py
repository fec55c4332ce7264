from pathlib import Path

from django.db import migrations

from backend.common.protection import (
    AppendOnly,
    CompositeForeignKey,
    GuardTransitions,
    ProtectTable,
)

SQL = Path(__file__).parent / "sql"
NO_GUARDS = """
    DROP TRIGGER ticket_keeps_its_matter ON tickets_ticket;
    DROP TRIGGER never_deleted ON tickets_ticket;
    DROP TRIGGER speaks_for_its_side ON tickets_message;
    DROP TRIGGER announced_once ON tickets_attachment;
    DROP FUNCTION tickets_speaks_for_its_side();
"""
REFERENCES = (
    ("tickets_ticket", "invoice_id", "billing_invoice"),
    ("tickets_ticket", "service_id", "services_service"),
    ("tickets_ticket", "merged_into_id", "tickets_ticket"),
    ("tickets_tickettransition", "ticket_id", "tickets_ticket"),
    ("tickets_message", "ticket_id", "tickets_ticket"),
    ("tickets_internalnote", "ticket_id", "tickets_ticket"),
    ("tickets_attachment", "message_id", "tickets_message"),
    ("tickets_attachmentcheck", "attachment_id", "tickets_attachment"),
    ("tickets_ticketreading", "ticket_id", "tickets_ticket"),
    ("tickets_ticketassignment", "ticket_id", "tickets_ticket"),
    ("tickets_replyaddress", "ticket_id", "tickets_ticket"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0003_transitions"),
        ("tenants", "0002_protect"),
        ("services", "0002_protect"),
        ("billing", "0002_protect"),
        ("tickets", "0001_initial"),
    ]

    operations = [
        ProtectTable(
            "tickets_ticket",
            grant={
                "select": None,
                "insert": None,
                "update": [
                    "state",
                    "last_message_at",
                    "last_message_side",
                    "waiting_since",
                    "answer_due_at",
                    "close_announced_at",
                    "updated_at",
                ],
            },
        ),
        ProtectTable(
            "tickets_ticketcounter",
            grant={"select": None, "insert": None, "update": ["last_number"]},
        ),
        ProtectTable("tickets_tickettransition", grant="select, insert"),
        ProtectTable("tickets_message", grant="select, insert"),
        ProtectTable(
            "tickets_attachment",
            grant={"select": None, "insert": None, "update": ["message_id"]},
        ),
        ProtectTable("tickets_attachmentcheck", grant="select"),
        ProtectTable(
            "tickets_ticketreading",
            grant={
                "select": None,
                "insert": None,
                "update": ["read_until", "unread_since", "updated_at"],
            },
        ),
        # Staff's own: no role of a tenant reads what they tell each other, who of them looks after
        # a ticket, or by which address a mail is believed.
        ProtectTable("tickets_internalnote"),
        ProtectTable("tickets_ticketassignment"),
        ProtectTable("tickets_replyaddress"),
        AppendOnly("tickets_tickettransition"),
        AppendOnly("tickets_message"),
        AppendOnly("tickets_internalnote"),
        AppendOnly("tickets_attachmentcheck"),
        *(CompositeForeignKey(*reference) for reference in REFERENCES),
        GuardTransitions(
            "tickets_ticket",
            initial="open",
            changes=[
                ("awaiting_customer", "awaiting_staff"),
                ("awaiting_customer", "closed"),
                ("awaiting_staff", "awaiting_customer"),
                ("awaiting_staff", "closed"),
                ("closed", "reopened"),
                ("open", "awaiting_customer"),
                ("open", "closed"),
                ("reopened", "awaiting_customer"),
                ("reopened", "closed"),
            ],
        ),
        migrations.RunSQL((SQL / "guards.sql").read_text(), NO_GUARDS),
    ]
