from django.db import migrations

from backend.common.protection import CreateTenantRole

# The tenant that the connection has entered. How a tenant is proven can later change here alone.
CURRENT_TENANT_ID = """
    CREATE FUNCTION current_tenant_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('app.tenant_id', true), '')::uuid
"""

# For triggers on what must never change.
REFUSE_CHANGE = """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% on % is refused: %', TG_OP, TG_TABLE_NAME, TG_NAME
            USING ERRCODE = 'restrict_violation';
    END $$
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateTenantRole(),
        migrations.RunSQL(CURRENT_TENANT_ID, "DROP FUNCTION current_tenant_id()"),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION refuse_change()"),
    ]
