from pathlib import Path

from django.db import migrations

from backend.common.protection import CompositeForeignKey, ProtectTable

CHANGES = (Path(__file__).parent / "sql" / "changes.sql").read_text()
NO_CHANGES = """
    DROP TRIGGER crm_customertag_removed ON crm_customertag;
    DROP TRIGGER crm_customertag_added ON crm_customertag;
    DROP TRIGGER crm_customertag_sort_keys ON crm_customertag;
    DROP TRIGGER crm_customer_change ON crm_customer;
    DROP FUNCTION crm_count_tagging();
    DROP FUNCTION crm_copy_sort_keys();
    DROP FUNCTION crm_count_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0001_tenancy"),
        ("tenants", "0002_protect"),
        ("crm", "0001_initial"),
    ]

    operations = [
        ProtectTable(
            "crm_customer",
            grant={
                "select": None,
                "insert": None,
                "update": [
                    "name",
                    "email",
                    "phone",
                    "company",
                    "language",
                    "birthday",
                    "address",
                    "erased_at",
                    "updated_at",
                ],
                "delete": None,
            },
        ),
        ProtectTable("crm_tag", grant="select, insert"),
        ProtectTable("crm_customertag", grant="select, insert, delete"),
        ProtectTable(
            "crm_customernote",
            grant={"select": None, "insert": None, "update": ["customer_id"], "delete": None},
        ),
        ProtectTable("crm_customermerge", grant="select, insert"),
        ProtectTable("crm_customererasure", grant="select, insert"),
        ProtectTable("crm_customerimport", grant="select, insert"),
        ProtectTable("crm_customerterm"),
        CompositeForeignKey("crm_customertag", "customer_id", "crm_customer", "CASCADE"),
        CompositeForeignKey("crm_customertag", "tag_id", "crm_tag", "CASCADE"),
        CompositeForeignKey("crm_customernote", "customer_id", "crm_customer", "CASCADE"),
        CompositeForeignKey(
            "crm_customernote", "author_id", "tenants_member", "SET NULL (author_id)"
        ),
        CompositeForeignKey("crm_customermerge", "by_id", "tenants_member", "SET NULL (by_id)"),
        # An erased customer is kept for what points to it: members can't delete it.
        CompositeForeignKey("crm_customererasure", "customer_id", "crm_customer", "RESTRICT"),
        CompositeForeignKey("crm_customererasure", "by_id", "tenants_member", "SET NULL (by_id)"),
        CompositeForeignKey("crm_customerimport", "by_id", "tenants_member", "SET NULL (by_id)"),
        migrations.RunSQL(CHANGES, NO_CHANGES),
    ]
