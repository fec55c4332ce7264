from django.db import migrations

from backend.common.protection import (
    AppendOnly,
    CompositeForeignKey,
    GuardTransitions,
    ProtectTable,
)

KEEP = """
    CREATE TRIGGER never_deleted BEFORE DELETE ON services_service
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER never_deleted BEFORE DELETE ON services_servicechange
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER settled_is_on_record BEFORE UPDATE ON services_servicechange
        FOR EACH ROW WHEN (OLD.outcome <> '') EXECUTE FUNCTION refuse_change();
"""
DONT_KEEP = """
    DROP TRIGGER settled_is_on_record ON services_servicechange;
    DROP TRIGGER never_deleted ON services_servicechange;
    DROP TRIGGER never_deleted ON services_service;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0003_transitions"),
        ("tenants", "0002_protect"),
        ("services", "0001_initial"),
    ]

    operations = [
        # Members look; what is bought, changed or ended is written by the platform alone.
        ProtectTable("services_service", grant="select"),
        ProtectTable("services_servicetransition", grant="select"),
        ProtectTable("services_servicechange", grant="select"),
        ProtectTable("services_usagerecord", grant="select"),
        AppendOnly("services_servicetransition"),
        AppendOnly("services_usagerecord"),
        CompositeForeignKey("services_servicetransition", "service_id", "services_service"),
        CompositeForeignKey("services_servicechange", "service_id", "services_service"),
        GuardTransitions(
            "services_service",
            initial="pending",
            changes=[
                ("active", "cancelled"),
                ("active", "past_due"),
                ("past_due", "active"),
                ("past_due", "cancelled"),
                ("pending", "active"),
                ("pending", "cancelled"),
            ],
        ),
        migrations.RunSQL(KEEP, DONT_KEEP),
    ]
