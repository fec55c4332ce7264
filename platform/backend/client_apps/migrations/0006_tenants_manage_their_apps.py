from django.db import migrations

from backend.common.protection import GrantMore


class Migration(migrations.Migration):
    dependencies = [("client_apps", "0005_constraint_messages")]

    operations = [
        GrantMore(
            "client_apps_clientapp",
            grant={"select": None, "insert": None, "update": ["name", "scopes", "revoked_at"]},
        ),
        # Not the digest: a tenant has no use for it.
        GrantMore(
            "client_apps_appkey",
            grant={
                "select": [
                    "id",
                    "app_id",
                    "tenant_id",
                    "shown",
                    "created_at",
                    "expires_at",
                    "revoked_at",
                    "last_used_at",
                ],
                "insert": None,
                "update": ["expires_at", "revoked_at"],
            },
        ),
    ]
