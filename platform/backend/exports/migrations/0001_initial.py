import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import backend.common.identifiers
from backend.common.protection import (
    AppendOnly,
    CompositeForeignKey,
    GuardTransitions,
    ProtectTable,
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("common", "0003_transitions"),
        ("tenants", "0006_invitations"),
    ]

    operations = [
        migrations.CreateModel(
            name="TenantExport",
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                            ("expired", "Expired"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=24,
                    ),
                ),
                (
                    "requested_by",
                    models.CharField(
                        editable=False, help_text="The name as it was", max_length=200
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("tables_done", models.PositiveIntegerField(default=0, editable=False)),
                ("tables_total", models.PositiveIntegerField(default=0, editable=False)),
                ("rows", models.PositiveBigIntegerField(default=0, editable=False)),
                (
                    "bytes",
                    models.PositiveBigIntegerField(
                        default=0, editable=False, help_text="Size of the archive, once it is there"
                    ),
                ),
                (
                    "sha256",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Of the archive, hex",
                        max_length=64,
                        verbose_name="SHA-256",
                    ),
                ),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("expires_at", models.DateTimeField(editable=False, null=True)),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("store", "The archive could not be stored"),
                            ("reading", "The data could not be read"),
                            ("interrupted", "The work was interrupted again and again"),
                        ],
                        editable=False,
                        max_length=16,
                    ),
                ),
                (
                    "diagnostics",
                    models.TextField(
                        blank=True,
                        editable=False,
                        help_text="For staff: it may name what members must not see",
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
                "verbose_name": "export",
                "ordering": ["-created_at", "-pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TenantExportTransition",
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
                ("from_state", models.CharField(editable=False, max_length=24)),
                ("to_state", models.CharField(editable=False, max_length=24)),
                ("changed_by", models.CharField(editable=False, max_length=200)),
                ("changed_by_kind", models.CharField(editable=False, max_length=8)),
                ("changed_by_id", models.UUIDField(editable=False, null=True)),
                (
                    "changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("reason", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "export",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="transitions",
                        to="exports.tenantexport",
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
                "verbose_name": "transition",
                "ordering": ["changed_at", "pk"],
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="tenantexport",
            index=models.Index(fields=["tenant", "-created_at", "-id"], name="exports_by_age"),
        ),
        migrations.AddConstraint(
            model_name="tenantexport",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="exports_tenantexport_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="tenantexport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("waiting", "running"))),
                fields=("tenant",),
                name="exports_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="tenantexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "running", "ready", "failed", "expired"])
                ),
                name="exports_tenantexport_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="tenantexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("ready", "expired")), _negated=True),
                    models.Q(
                        ("bytes__gt", 0),
                        ("expires_at__isnull", False),
                        ("finished_at__isnull", False),
                        ("sha256__regex", "^[0-9a-f]{64}$"),
                    ),
                    _connector="OR",
                ),
                name="exports_an_archive_has_its_facts",
            ),
        ),
        migrations.AddConstraint(
            model_name="tenantexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "failed"), _negated=True),
                    models.Q(
                        ("failure__in", ["store", "reading", "interrupted"]),
                        ("finished_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="exports_a_failure_has_its_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="tenantexporttransition",
            index=models.Index(
                fields=["tenant", "export", "changed_at"], name="exports_transition_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="tenantexporttransition",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="exports_tenantexporttransition_tenant_id_id"
            ),
        ),
        # Members ask for exports and look at them; all else the platform does. What it says of a
        # failure in its own words is for staff.
        ProtectTable(
            "exports_tenantexport",
            grant={
                "select": [
                    "id",
                    "tenant_id",
                    "created_at",
                    "updated_at",
                    "state",
                    "requested_by",
                    "attempt",
                    "tables_done",
                    "tables_total",
                    "rows",
                    "bytes",
                    "sha256",
                    "finished_at",
                    "expires_at",
                    "failure",
                ],
                "insert": None,
            },
        ),
        GuardTransitions(
            "exports_tenantexport",
            initial="waiting",
            changes=[
                ("ready", "expired"),
                ("running", "failed"),
                ("running", "ready"),
                ("waiting", "failed"),
                ("waiting", "running"),
            ],
        ),
        ProtectTable("exports_tenantexporttransition", grant="select"),
        CompositeForeignKey("exports_tenantexporttransition", "export_id", "exports_tenantexport"),
        AppendOnly("exports_tenantexporttransition"),
    ]
