from pathlib import Path

from django.db import migrations

from backend.common.protection import GrantExecute

LIMITS = (Path(__file__).parent / "sql" / "limits.sql").read_text()
NO_LIMITS = "DROP FUNCTION services_limits(); DROP FUNCTION services_limits_of(uuid);"


class Migration(migrations.Migration):
    dependencies = [("services", "0002_protect")]

    operations = [
        migrations.RunSQL(LIMITS, NO_LIMITS),
        GrantExecute("services_limits()"),
    ]
