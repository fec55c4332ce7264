from pathlib import Path

from django.db import migrations, models

from backend.common.protection import GrantExecute

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("crm", "0003_search"), ("billing", "0002_protect")]

    operations = [
        migrations.RemoveIndex("invoice", "billing_invoice_newest"),
        migrations.AddIndex(
            "invoice",
            models.Index(
                condition=models.Q(("state", "draft"), _negated=True),
                fields=["tenant", "-issued_at", "-id"],
                name="billing_invoice_latest",
            ),
        ),
        migrations.RunSQL(
            (SQL / "search.sql").read_text(),
            "DROP FUNCTION billing_search(text); DROP FUNCTION billing_seller_day(timestamptz);",
        ),
        GrantExecute("billing_search(text)"),
        GrantExecute("billing_seller_day(timestamptz)"),
    ]
