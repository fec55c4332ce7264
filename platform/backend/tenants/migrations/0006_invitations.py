import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

import backend.common.identifiers
from backend.common.protection import CompositeForeignKey, ProtectTable


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0005_lifecycle"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=backend.common.identifiers.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("email", models.EmailField(help_text="In small letters", max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("manager", "Manager"),
                            ("accountant", "Accountant"),
                            ("waiter", "Waiter"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        editable=False,
                        help_text="SHA-256 of the mailed token",
                        max_length=64,
                        unique=True,
                    ),
                ),
                (
                    "invited_by",
                    models.CharField(
                        editable=False, help_text="The name as it was", max_length=200
                    ),
                ),
                ("expires_at", models.DateTimeField(editable=False)),
                ("accepted_at", models.DateTimeField(editable=False, null=True)),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        help_text="Who the person became",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tenants.member",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "permissions": [("withdraw_invitation", "Can withdraw an invitation")],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "id"), name="tenants_invitation_tenant_id_id"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True), ("withdrawn_at__isnull", True)
                        ),
                        fields=("tenant", "email"),
                        name="tenants_invitation_once_open",
                        violation_error_message="This person is invited already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["owner", "manager", "accountant", "waiter"])
                        ),
                        name="tenants_invitation_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "email",
                                django.db.models.functions.text.Lower(
                                    django.db.models.functions.comparison.Collate("email", "C")
                                ),
                            )
                        ),
                        name="tenants_invitation_email",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True),
                            ("withdrawn_at__isnull", True),
                            _connector="OR",
                        ),
                        name="tenants_invitation_one_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at__isnull", True), ("member__isnull", True)),
                            models.Q(("accepted_at__isnull", False), ("member__isnull", False)),
                            _connector="OR",
                        ),
                        name="tenants_invitation_accepted_by",
                    ),
                ],
            },
        ),
        ProtectTable(
            "tenants_invitation",
            grant={
                "select": None,
                "insert": None,
                "update": [
                    "digest",
                    "expires_at",
                    "invited_by",
                    "accepted_at",
                    "withdrawn_at",
                    "member_id",
                    "updated_at",
                ],
            },
        ),
        CompositeForeignKey("tenants_invitation", "member_id", "tenants_member"),
    ]
