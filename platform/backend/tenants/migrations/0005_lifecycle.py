import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

import backend.common.identifiers
from backend.common.protection import AppendOnly, GrantMore, GuardTransitions, ProtectTable


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0003_transitions"),
        ("tenants", "0004_constraint_messages"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="tenant",
            options={
                "ordering": ["name"],
                "permissions": [
                    ("suspend_tenant", "Can suspend and reactivate a tenant"),
                    ("archive_tenant", "Can archive a tenant"),
                    ("provision_tenant", "Can start a tenant's provisioning, and start it again"),
                ],
            },
        ),
        migrations.AddField(
            model_name="tenant",
            name="city",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="tenant",
            name="legal_name",
            field=models.CharField(
                blank=True, help_text="The company, as on an invoice", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="tenant",
            name="postcode",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="tenant",
            name="street",
            field=models.CharField(blank=True, help_text="And number", max_length=200),
        ),
        migrations.AddField(
            model_name="tenant",
            name="vat_id",
            field=models.CharField(
                blank=True,
                help_text="With its country's letters, no spaces",
                max_length=20,
                verbose_name="VAT id",
            ),
        ),
        migrations.AlterField(
            model_name="tenant",
            name="name",
            field=models.CharField(help_text="What guests call it", max_length=200),
        ),
        migrations.CreateModel(
            name="TenantTransition",
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
                "ordering": ["-changed_at", "-pk"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["tenant", "-changed_at"], name="tenants_transition_order")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "id"), name="tenants_tenanttransition_tenant_id_id"
                    )
                ],
            },
        ),
        ProtectTable("tenants_tenanttransition", grant="select, insert"),
        AppendOnly("tenants_tenanttransition"),
        GuardTransitions(
            "tenants_tenant",
            initial="draft",
            changes=[
                ("active", "archived"),
                ("active", "suspended"),
                ("draft", "provisioning"),
                ("provisioning", "active"),
                ("suspended", "active"),
                ("suspended", "archived"),
            ],
        ),
        # Of its own row. A state changes by a transition alone, which the owner of the table makes.
        GrantMore(
            "tenants_tenant",
            grant={
                "update": [
                    "name",
                    "legal_name",
                    "street",
                    "postcode",
                    "city",
                    "country",
                    "currency",
                    "vat_id",
                    "time_zone",
                    "language",
                    "updated_at",
                ]
            },
        ),
        GrantMore(
            "tenants_member",
            grant={"insert": None, "update": ["role", "revoked_at", "updated_at"]},
        ),
    ]
