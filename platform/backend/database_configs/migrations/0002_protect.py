from django.db import migrations

from backend.common.protection import CompositeForeignKey, GuardTransitions, ProtectTable

# What has ended is on record; it goes only along with its configuration, by the foreign key.
KEEP = """
    CREATE TRIGGER ended_is_on_record BEFORE UPDATE ON database_configs_databasevalidation
        FOR EACH ROW WHEN (OLD.finished_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER goes_with_its_config BEFORE DELETE ON database_configs_databasevalidation
        FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change();
"""
DONT_KEEP = """
    DROP TRIGGER goes_with_its_config ON database_configs_databasevalidation;
    DROP TRIGGER ended_is_on_record ON database_configs_databasevalidation;
"""
WRITTEN_BY_MEMBERS = [
    "name",
    "host",
    "port",
    "database",
    "user",
    "tls_mode",
    "ca_certificate",
    "version",
    "connection_version",
    "updated_at",
]


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0003_transitions"),
        ("tenants", "0002_protect"),
        ("database_configs", "0001_initial"),
    ]

    operations = [
        # Members give the secret, and never get it back.
        ProtectTable(
            "database_configs_databaseconfig",
            grant={
                "select": ["id", "tenant_id", "created_at", "engine", *WRITTEN_BY_MEMBERS],
                "insert": None,
                "update": ["secret", *WRITTEN_BY_MEMBERS],
                "delete": None,
            },
        ),
        # Members ask for a validation and look at it; the platform carries it out.
        ProtectTable("database_configs_databasevalidation", grant="select, insert"),
        CompositeForeignKey(
            "database_configs_databasevalidation",
            "config_id",
            "database_configs_databaseconfig",
            "CASCADE",
        ),
        GuardTransitions(
            "database_configs_databasevalidation",
            initial="waiting",
            changes=[
                ("running", "abandoned"),
                ("running", "invalid"),
                ("running", "valid"),
                ("waiting", "abandoned"),
                ("waiting", "running"),
            ],
        ),
        migrations.RunSQL(KEEP, DONT_KEEP),
    ]
