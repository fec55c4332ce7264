import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import backend.common.identifiers


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0007_provisioning"),
    ]

    operations = [
        migrations.CreateModel(
            name="DatabaseConfig",
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
                ("name", models.CharField(max_length=100)),
                (
                    "engine",
                    models.CharField(
                        choices=[("postgresql", "PostgreSQL")], default="postgresql", max_length=16
                    ),
                ),
                ("host", models.CharField(max_length=253)),
                ("port", models.PositiveIntegerField(default=5432)),
                ("database", models.CharField(max_length=63)),
                ("user", models.CharField(max_length=63)),
                ("secret", models.TextField(editable=False, help_text="Encrypted")),
                (
                    "tls_mode",
                    models.CharField(
                        choices=[
                            ("verify-full", "Encrypted, certificate and host name verified"),
                            ("verify-ca", "Encrypted, certificate verified"),
                            ("require", "Encrypted, nothing verified"),
                            ("disable", "Not encrypted"),
                        ],
                        default="verify-full",
                        max_length=16,
                        verbose_name="TLS",
                    ),
                ),
                (
                    "ca_certificate",
                    models.TextField(blank=True, default="", verbose_name="CA certificate"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("connection_version", models.PositiveIntegerField(default=1, editable=False)),
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
                "verbose_name": "database configuration",
                "permissions": [
                    ("validate_databaseconfig", "Can validate a database configuration")
                ],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="DatabaseValidation",
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
                ("connection_version", models.PositiveIntegerField(editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("valid", "Valid"),
                            ("invalid", "Invalid"),
                            ("abandoned", "Abandoned"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=16,
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("job_id", models.BigIntegerField(editable=False)),
                (
                    "requested_by",
                    models.CharField(
                        editable=False, help_text="The name as it was", max_length=200
                    ),
                ),
                ("requested_by_kind", models.CharField(editable=False, max_length=8)),
                ("requested_by_id", models.UUIDField(editable=False, null=True)),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("checks", models.JSONField(default=list, editable=False)),
                (
                    "config",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="validations",
                        to="database_configs.databaseconfig",
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
                "verbose_name": "validation",
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="databaseconfig",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="database_configs_databaseconfig_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="databaseconfig",
            constraint=models.UniqueConstraint(
                models.F("tenant"),
                django.db.models.functions.text.Lower("name"),
                name="database_configs_name_of_its_own",
            ),
        ),
        migrations.AddConstraint(
            model_name="databaseconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(("engine__in", ["postgresql"])), name="database_configs_engine"
            ),
        ),
        migrations.AddConstraint(
            model_name="databaseconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(("port__gte", 1), ("port__lte", 65535)),
                name="database_configs_port",
            ),
        ),
        migrations.AddConstraint(
            model_name="databaseconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tls_mode__in", ["verify-full", "verify-ca", "require", "disable"])
                ),
                name="database_configs_tls_mode",
            ),
        ),
        migrations.AddConstraint(
            model_name="databaseconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(("host__regex", "^[0-9a-z.:-]+$")), name="database_configs_host"
            ),
        ),
        migrations.AddConstraint(
            model_name="databaseconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("tls_mode", "verify-ca"), _negated=True),
                    models.Q(("ca_certificate", ""), _negated=True),
                    _connector="OR",
                ),
                name="database_configs_verify_ca",
            ),
        ),
        migrations.AddConstraint(
            model_name="databaseconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(("secret__startswith", "gAAAAA")), name="database_configs_secret"
            ),
        ),
        migrations.AddConstraint(
            model_name="databaseconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(("connection_version__lte", models.F("version"))),
                name="database_configs_versions",
            ),
        ),
        migrations.AddIndex(
            model_name="databasevalidation",
            index=models.Index(fields=["tenant", "config", "-id"], name="database_validation_last"),
        ),
        migrations.AddConstraint(
            model_name="databasevalidation",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="database_configs_databasevalidation_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="databasevalidation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("waiting", "running"))),
                fields=("tenant", "config"),
                name="database_configs_one_validation_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="databasevalidation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("state__in", ("waiting", "running"))),
                    models.Q(
                        ("finished_at__isnull", False),
                        ("state__in", ("valid", "invalid", "abandoned")),
                    ),
                    _connector="OR",
                ),
                name="database_configs_validation_ends_once",
            ),
        ),
    ]
