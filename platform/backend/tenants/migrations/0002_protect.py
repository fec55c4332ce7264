from django.db import migrations

from backend.common.protection import ProtectTable


class Migration(migrations.Migration):
    dependencies = [("common", "0001_tenancy"), ("tenants", "0001_initial")]

    operations = [
        ProtectTable("tenants_tenant", grant="select", column="id"),
        ProtectTable("tenants_member", grant="select"),
    ]
