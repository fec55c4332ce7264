from django.db import migrations

from backend.common.protection import CompositeForeignKey, ProtectTable


class Migration(migrations.Migration):
    dependencies = [("common", "0001_tenancy"), ("client_apps", "0001_initial")]

    operations = [
        # No grant: nothing that runs as the tenant role touches apps or keys.
        ProtectTable("client_apps_clientapp"),
        ProtectTable("client_apps_appkey"),
        CompositeForeignKey("client_apps_appkey", "app_id", "client_apps_clientapp"),
    ]
