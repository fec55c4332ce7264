from pathlib import Path

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
from django.db import migrations, models

import backend.common.identifiers
import backend.crm.models.folding

FOLD = (Path(__file__).parent / "sql" / "fold.sql").read_text()


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0004_constraint_messages"),
    ]

    operations = [
        # Generated columns fold names.
        migrations.RunSQL(FOLD, "DROP FUNCTION crm_fold(text)"),
        migrations.CreateModel(
            name="Customer",
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
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "email",
                    models.CharField(blank=True, default="", max_length=254, verbose_name="email"),
                ),
                (
                    "phone",
                    models.CharField(blank=True, default="", max_length=40, verbose_name="phone"),
                ),
                (
                    "company",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="company"
                    ),
                ),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=6, verbose_name="language"),
                ),
                ("birthday", models.DateField(blank=True, null=True, verbose_name="birthday")),
                (
                    "address",
                    models.CharField(
                        blank=True, default="", max_length=500, verbose_name="address"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        db_default=1, default=1, editable=False, verbose_name="version"
                    ),
                ),
                (
                    "erased_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="erased at"
                    ),
                ),
                (
                    "sort_name",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Left(
                            backend.crm.models.folding.Fold("name"), 100
                        ),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                (
                    "birthday_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.functions.datetime.ExtractMonth("birthday"),
                                "*",
                                models.Value(100),
                            ),
                            "+",
                            django.db.models.functions.datetime.ExtractDay("birthday"),
                        ),
                        output_field=models.SmallIntegerField(),
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
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
                "permissions": [("erase_customer", "Can erase a customer's personal data")],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CustomerErasure",
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
                ("by_name", models.CharField(editable=False, max_length=200, verbose_name="by")),
                (
                    "reason",
                    models.CharField(
                        blank=True, editable=False, max_length=500, verbose_name="reason"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tenants.member",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.customer",
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
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CustomerImport",
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
                ("by_name", models.CharField(editable=False, max_length=200, verbose_name="by")),
                ("filename", models.CharField(editable=False, max_length=200, verbose_name="file")),
                ("created", models.PositiveIntegerField(editable=False, verbose_name="created")),
                ("updated", models.PositiveIntegerField(editable=False, verbose_name="updated")),
                ("skipped", models.PositiveIntegerField(editable=False, verbose_name="skipped")),
                ("failed", models.PositiveIntegerField(editable=False, verbose_name="failed")),
                (
                    "ignored_columns",
                    models.JSONField(default=list, editable=False, verbose_name="ignored columns"),
                ),
                ("report", models.JSONField(editable=False, verbose_name="report")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
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
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CustomerMerge",
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
                ("by_name", models.CharField(editable=False, max_length=200, verbose_name="by")),
                ("duplicate_id", models.UUIDField(editable=False)),
                ("survivor_id", models.UUIDField(editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
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
                "verbose_name": "merge",
                "verbose_name_plural": "merges",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CustomerNote",
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
                    "author_name",
                    models.CharField(editable=False, max_length=200, verbose_name="author"),
                ),
                ("body", models.TextField(max_length=5000, verbose_name="body")),
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tenants.member",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.customer",
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
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CustomerTerm",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id",
                        "term",
                        "customer_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False)),
                ("term", models.TextField(db_collation="C", editable=False)),
                ("customer_id", models.UUIDField(editable=False)),
            ],
            options={
                "verbose_name": "search term",
                "verbose_name_plural": "search terms",
                "indexes": [
                    models.Index(
                        fields=["tenant_id", "customer_id", "term"], name="crm_term_by_customer"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tag",
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
                ("name", models.CharField(max_length=40, verbose_name="name")),
                (
                    "key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=backend.crm.models.folding.Fold("name"),
                        output_field=models.TextField(db_collation="C"),
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
                "verbose_name": "tag",
                "verbose_name_plural": "tags",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CustomerTag",
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
                ("sort_name", models.TextField(db_collation="C", default="", editable=False)),
                (
                    "customer_created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="links",
                        to="crm.customer",
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
                (
                    "tag",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.tag",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer's tag",
                "verbose_name_plural": "customers' tags",
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("erased_at__isnull", True)),
                fields=["tenant", "sort_name", "id"],
                name="crm_customer_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("erased_at__isnull", True)),
                fields=["tenant", "created_at", "id"],
                name="crm_customer_by_age",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["tenant", "updated_at", "id"], name="crm_customer_by_change"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("email", ""), _negated=True),
                fields=["tenant", "email"],
                name="crm_customer_by_email",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("birthday__isnull", False), ("erased_at__isnull", True)),
                fields=["tenant", "birthday_key", "id"],
                name="crm_customer_by_birthday",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("email", ""), ("erased_at__isnull", True), ("phone", "")),
                fields=["tenant", "id"],
                name="crm_customer_unreachable",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="crm_customer_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("name__regex", "\\S"),
                    models.Q(("name__regex", "[\\u0001-\\u001F\\u007F]"), _negated=True),
                ),
                name="crm_customer_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("email", ""), ("email__regex", "^[^\\sA-Z@]+@[^\\sA-Z@]+$"), _connector="OR"
                ),
                name="crm_customer_email",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("phone__regex", "[\\u0001-\\u001F\\u007F]"), _negated=True),
                name="crm_customer_phone",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("company__regex", "[\\u0001-\\u001F\\u007F]"), _negated=True),
                name="crm_customer_company",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__regex", "^([a-z]{2,3}(-[A-Z]{2})?)?$")),
                name="crm_customer_language",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("address__regex", "[\\u0001-\\u0009\\u000B-\\u001F\\u007F]"), _negated=True
                ),
                name="crm_customer_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("birthday__gte", "1900-01-01"), ("birthday__lt", "2100-01-01")),
                    ("birthday__isnull", True),
                    _connector="OR",
                ),
                name="crm_customer_birthday",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at__isnull", True),
                    models.Q(
                        ("address", ""),
                        ("birthday__isnull", True),
                        ("company", ""),
                        ("email", ""),
                        ("language", ""),
                        ("name", "Erased customer"),
                        ("phone", ""),
                    ),
                    _connector="OR",
                ),
                name="crm_customer_erased_is_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="customererasure",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="crm_customererasure_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="customererasure",
            constraint=models.UniqueConstraint(
                fields=("tenant", "customer"), name="crm_erasure_once"
            ),
        ),
        migrations.AddIndex(
            model_name="customerimport",
            index=models.Index(fields=["tenant", "-created_at", "-id"], name="crm_import_by_age"),
        ),
        migrations.AddConstraint(
            model_name="customerimport",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="crm_customerimport_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="customermerge",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="crm_customermerge_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="customermerge",
            constraint=models.UniqueConstraint(
                fields=("tenant", "duplicate_id"), name="crm_merge_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="customermerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("duplicate_id", models.F("survivor_id")), _negated=True),
                name="crm_merge_of_two",
            ),
        ),
        migrations.AddIndex(
            model_name="customernote",
            index=models.Index(
                fields=["tenant", "customer", "created_at", "id"], name="crm_customernote_by_age"
            ),
        ),
        migrations.AddConstraint(
            model_name="customernote",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="crm_customernote_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="customernote",
            constraint=models.CheckConstraint(
                condition=models.Q(("body__regex", "\\S")), name="crm_customernote_body"
            ),
        ),
        migrations.AddConstraint(
            model_name="customernote",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length("body"), 5000
                ),
                name="crm_customernote_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="crm_tag_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(fields=("tenant", "key"), name="crm_tag_once"),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("name__regex", "\\S"),
                    models.Q(("name__regex", "[|\\u0001-\\u001F\\u007F]"), _negated=True),
                ),
                name="crm_tag_name",
            ),
        ),
        migrations.AddIndex(
            model_name="customertag",
            index=models.Index(
                fields=["tenant", "tag", "sort_name", "customer"], name="crm_customertag_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="customertag",
            index=models.Index(
                fields=["tenant", "tag", "customer_created_at", "customer"],
                name="crm_customertag_by_age",
            ),
        ),
        migrations.AddConstraint(
            model_name="customertag",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="crm_customertag_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="customertag",
            constraint=models.UniqueConstraint(
                fields=("tenant", "customer", "tag"), name="crm_customertag_once"
            ),
        ),
    ]
