import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import backend.common.identifiers
from backend.common.protection import AppendOnly, ProtectTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("common", "0001_tenancy"),
        ("tenants", "0004_constraint_messages"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEvent",
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
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("client-app.created", "Created a client app"),
                            ("client-app.key-issued", "Issued a new key for a client app"),
                            ("client-app.key-revoked", "Revoked a client app's key"),
                            ("client-app.revoked", "Revoked a client app"),
                            ("client-app.updated", "Changed a client app"),
                            ("customer.erased", "Erased a customer"),
                            ("customer.merged", "Merged two customers"),
                            ("customers.exported", "Exported customers"),
                            ("customers.imported", "Imported customers"),
                            ("database-config.created", "Added a database configuration"),
                            ("database-config.deleted", "Deleted a database configuration"),
                            ("database-config.updated", "Changed a database configuration"),
                            ("database-config.validated", "Validated a database configuration"),
                            ("export.downloaded", "Downloaded an export of everything"),
                            ("export.finished", "An export of everything was made"),
                            ("export.requested", "Asked for an export of everything"),
                            ("member.invitation-sent-again", "Sent an invitation again"),
                            ("member.invitation-withdrawn", "Withdrew an invitation"),
                            ("member.invited", "Invited a person"),
                            ("member.joined", "Joined the business"),
                            ("member.left", "Left the business"),
                            ("member.revoked", "Ended a person's access"),
                            ("member.role-changed", "Changed a person's role"),
                            ("person.email-changed", "Changed the email address"),
                            ("person.password-changed", "Changed the password"),
                            ("person.password-reset", "Reset the password"),
                            ("person.recovery-codes-made", "Made new recovery codes"),
                            ("person.second-factor-added", "Set up two-step sign-in"),
                            ("person.second-factor-removed", "Removed two-step sign-in"),
                            ("session.ended", "Signed out, or ended a session"),
                            ("session.failed", "Failed to sign in"),
                            ("session.started", "Signed in"),
                            ("staff.entered", "Support looked into the business"),
                            ("tenant.activate", "Opened the business"),
                            ("tenant.archive", "Archived the business"),
                            ("tenant.provision", "Started the set-up"),
                            ("tenant.provision-failed", "The set-up failed"),
                            ("tenant.reactivate", "Reactivated the business"),
                            ("tenant.registered", "Registered the business"),
                            ("tenant.suspend", "Suspended the business"),
                            ("tenant.updated", "Changed the business's details"),
                        ],
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "by_kind",
                    models.CharField(
                        editable=False,
                        help_text="person, app, staff or system",
                        max_length=8,
                        verbose_name="by",
                    ),
                ),
                ("by_name", models.CharField(editable=False, max_length=254, verbose_name="name")),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("address", models.GenericIPAddressField(editable=False, null=True)),
                ("about_kind", models.CharField(blank=True, editable=False, max_length=40)),
                ("about_id", models.UUIDField(editable=False, null=True)),
                (
                    "about_name",
                    models.CharField(
                        blank=True, editable=False, max_length=254, verbose_name="about"
                    ),
                ),
                (
                    "data",
                    models.JSONField(
                        default=dict, editable=False, help_text="Small facts; no secrets"
                    ),
                ),
                ("request_id", models.CharField(blank=True, editable=False, max_length=128)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["tenant", "action", "id"], name="audit_event_action"),
                    models.Index(fields=["tenant", "by_id", "id"], name="audit_event_by"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "id"), name="audit_event_tenant_id_id"
                    )
                ],
            },
        ),
        ProtectTable("audit_auditevent", grant="select, insert"),
        AppendOnly("audit_auditevent"),
    ]
