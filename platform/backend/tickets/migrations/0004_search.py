from pathlib import Path

from django.db import migrations, models

from backend.common.protection import GrantExecute, ProtectTable

SQL = (Path(__file__).parent / "sql" / "search.sql").read_text()
FIND = "tickets_find(uuid, text, uuid, text[], uuid, uuid, timestamptz, uuid, boolean, integer)"
SEARCH = "tickets_search(text, uuid, text[], uuid, uuid, timestamptz, uuid, boolean, integer)"
NO_SQL = f"""
    DROP FUNCTION {SEARCH};
    DROP FUNCTION {FIND};
    DROP TRIGGER tickets_message_terms ON tickets_message;
    DROP TRIGGER tickets_ticket_terms ON tickets_ticket;
    DROP FUNCTION tickets_terms_of_messages();
    DROP FUNCTION tickets_terms_of_subjects();
    DROP FUNCTION tickets_words(text);
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0003_search"), ("tickets", "0003_departments")]

    operations = [
        migrations.CreateModel(
            name="TicketTerm",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id",
                        "term",
                        "ticket_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False)),
                ("term", models.TextField(db_collation="C", editable=False)),
                ("ticket_id", models.UUIDField(editable=False)),
            ],
            options={
                "verbose_name": "search term",
                "verbose_name_plural": "search terms",
                "indexes": [
                    models.Index(
                        fields=["tenant_id", "ticket_id", "term"], name="tickets_term_of_ticket"
                    ),
                    models.Index(fields=["term", "ticket_id"], name="tickets_term_of_anybody"),
                ],
            },
        ),
        ProtectTable("tickets_ticketterm"),
        migrations.RunSQL(SQL, NO_SQL),
        migrations.RunSQL(f"REVOKE ALL ON FUNCTION {FIND} FROM PUBLIC", migrations.RunSQL.noop),
        GrantExecute(SEARCH),
    ]
