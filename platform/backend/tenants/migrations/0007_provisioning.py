import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import backend.common.identifiers
from backend.common.protection import CompositeForeignKey, ProtectTable


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0006_invitations"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProvisioningRun",
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
                ("attempt", models.PositiveSmallIntegerField(editable=False, help_text="From 1")),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("done", "Done"), ("failed", "Failed")],
                        editable=False,
                        max_length=8,
                    ),
                ),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="A code; see the failed step",
                        max_length=32,
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
                "verbose_name": "set-up",
                "ordering": ["-attempt"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProvisioningStep",
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
                    "code",
                    models.CharField(
                        choices=[
                            ("defaults", "Defaults of the country"),
                            ("connectivity", "Connection to the database"),
                            ("schema", "Tables and their protection"),
                            ("isolation", "Apart from other tenants"),
                            ("opening", "Opening"),
                        ],
                        editable=False,
                        max_length=16,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                        default="running",
                        editable=False,
                        max_length=8,
                    ),
                ),
                (
                    "detail",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="What was found, or in plain words what went wrong",
                        max_length=300,
                    ),
                ),
                (
                    "diagnostics",
                    models.TextField(
                        blank=True,
                        editable=False,
                        help_text="What only staff read",
                        max_length=4000,
                    ),
                ),
                (
                    "started_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="steps",
                        to="tenants.provisioningrun",
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
                "verbose_name": "step",
                "ordering": ["run", "started_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
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
                ("name", models.CharField(max_length=60)),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                (
                    "is_default",
                    models.BooleanField(default=False, help_text="What a new product is taxed at"),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="From 0, in lists")),
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
                "ordering": ["position", "name"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="IsolationProbe",
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
                ("note", models.CharField(blank=True, max_length=20)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "id"), name="tenants_isolationprobe_tenant_id_id"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="provisioningrun",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="tenants_provisioningrun_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="provisioningrun",
            constraint=models.UniqueConstraint(
                fields=("tenant", "attempt"), name="tenants_run_attempt"
            ),
        ),
        migrations.AddConstraint(
            model_name="provisioningrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at", None)),
                fields=("tenant",),
                name="tenants_run_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="provisioningrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("failure", ""), ("finished_at", None), ("outcome", "")),
                    models.Q(("failure", ""), ("finished_at__isnull", False), ("outcome", "done")),
                    models.Q(
                        ("finished_at__isnull", False),
                        ("outcome", "failed"),
                        models.Q(("failure", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="tenants_run_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="provisioningstep",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="tenants_provisioningstep_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="provisioningstep",
            constraint=models.UniqueConstraint(
                fields=("tenant", "run", "code"), name="tenants_step_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="provisioningstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at", None), ("status", "running")),
                    models.Q(
                        models.Q(("status", "running"), _negated=True),
                        ("finished_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="tenants_step_finished",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="tenants_taxrate_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.UniqueConstraint(
                fields=("tenant", "name"), name="tenants_taxrate_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("tenant",),
                name="tenants_taxrate_one_default",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                name="tenants_taxrate_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="tenants_taxrate_named"
            ),
        ),
        ProtectTable("tenants_taxrate", grant="select"),
        ProtectTable("tenants_provisioningrun", grant="select"),
        ProtectTable(
            "tenants_provisioningstep",
            # All but the diagnostics, which are staff's.
            grant={
                "select": [
                    "id",
                    "tenant_id",
                    "run_id",
                    "code",
                    "status",
                    "detail",
                    "started_at",
                    "finished_at",
                ]
            },
        ),
        CompositeForeignKey("tenants_provisioningstep", "run_id", "tenants_provisioningrun"),
        # The probe must be refused by the policies, not for want of a privilege.
        ProtectTable(
            "tenants_isolationprobe",
            grant={"select": None, "insert": None, "update": ["note"], "delete": None},
        ),
    ]
