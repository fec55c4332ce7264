import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import backend.common.identifiers


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("billing", "0003_search"),
        ("services", "0004_open_tickets"),
        ("tenants", "0007_provisioning"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TicketCounter",
            fields=[
                (
                    "tenant",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tenants.tenant",
                    ),
                ),
                ("last_number", models.PositiveIntegerField(editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="Department",
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
                    "key",
                    models.CharField(
                        help_text="The name in the API; it never changes",
                        max_length=50,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9]+(-[a-z0-9]+)*$",
                                "Use small letters, digits and single hyphens.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                (
                    "name_de",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the English one is shown",
                        max_length=60,
                        verbose_name="name in German",
                    ),
                ),
                (
                    "summary",
                    models.CharField(
                        blank=True, help_text="What to ask it about, in English", max_length=200
                    ),
                ),
                (
                    "summary_de",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the English one is shown",
                        max_length=200,
                        verbose_name="summary in German",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="Hears of messages in tickets that nobody is assigned to",
                        max_length=254,
                        verbose_name="email address",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Small ones come first"),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(
                        editable=False, help_text="New tickets can't choose it any more", null=True
                    ),
                ),
            ],
            options={
                "verbose_name": "department",
                "ordering": ["position", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[a-z0-9]+(-[a-z0-9]+)*$")),
                        name="tickets_department_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", "\\S")), name="tickets_department_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
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
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("customer", "Customer"),
                            ("staff", "Staff"),
                            ("system", "System"),
                        ],
                        editable=False,
                        max_length=8,
                    ),
                ),
                ("author", models.CharField(editable=False, max_length=200)),
                ("author_kind", models.CharField(editable=False, max_length=8)),
                ("author_id", models.UUIDField(editable=False, null=True)),
                (
                    "via",
                    models.CharField(
                        choices=[
                            ("portal", "Portal"),
                            ("api", "API"),
                            ("mail", "Mail"),
                            ("admin", "Staff admin"),
                            ("system", "System"),
                        ],
                        editable=False,
                        max_length=8,
                    ),
                ),
                ("body", models.TextField(blank=True, editable=False, max_length=20000)),
                (
                    "event",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("closing-soon", "It will be closed unless somebody writes"),
                            ("closed-silent", "It was closed, as nobody wrote any more"),
                            ("merged", "Another ticket was merged into it"),
                        ],
                        editable=False,
                        max_length=16,
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
                "verbose_name": "message",
                "ordering": ["created_at", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Attachment",
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
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("announced_by_kind", models.CharField(editable=False, max_length=8)),
                ("announced_by_id", models.UUIDField(editable=False, null=True)),
                ("filename", models.CharField(editable=False, max_length=150)),
                ("content_type", models.CharField(editable=False, max_length=100)),
                (
                    "size",
                    models.PositiveIntegerField(editable=False, help_text="In bytes, as announced"),
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
                    "message",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="attachments",
                        to="tickets.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "ordering": ["created_at", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ServiceLevel",
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
                    "priority",
                    models.CharField(
                        choices=[
                            ("low", "Low"),
                            ("normal", "Normal"),
                            ("high", "High"),
                            ("urgent", "Urgent"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "answer_within_hours",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(720),
                        ]
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: for everybody whose plan has no level of its own",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="services.plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "service level",
                "ordering": ["plan__position", "answer_within_hours"],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
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
                ("number", models.PositiveIntegerField(editable=False)),
                ("subject", models.CharField(editable=False, max_length=150)),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("low", "Low"),
                            ("normal", "Normal"),
                            ("high", "High"),
                            ("urgent", "Urgent"),
                        ],
                        editable=False,
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("awaiting_staff", "Awaiting us"),
                            ("awaiting_customer", "Awaiting the customer"),
                            ("closed", "Closed"),
                            ("reopened", "Reopened"),
                        ],
                        default="open",
                        editable=False,
                        max_length=24,
                    ),
                ),
                (
                    "opened_by",
                    models.CharField(
                        editable=False, help_text="The name as it was", max_length=200
                    ),
                ),
                ("opened_by_kind", models.CharField(editable=False, max_length=8)),
                ("opened_by_id", models.UUIDField(editable=False, null=True)),
                ("last_message_at", models.DateTimeField(editable=False)),
                (
                    "last_message_side",
                    models.CharField(
                        choices=[
                            ("customer", "Customer"),
                            ("staff", "Staff"),
                            ("system", "System"),
                        ],
                        editable=False,
                        max_length=8,
                    ),
                ),
                ("waiting_since", models.DateTimeField(editable=False, null=True)),
                ("answer_due_at", models.DateTimeField(editable=False, null=True)),
                ("close_announced_at", models.DateTimeField(editable=False, null=True)),
                (
                    "department",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.department",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="billing.invoice",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="merged",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="services.service",
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
                "verbose_name": "ticket",
                "ordering": ["-last_message_at", "-pk"],
                "permissions": [
                    ("reply_ticket", "Can reply in a ticket"),
                    ("note_ticket", "Can write internal notes"),
                    ("assign_ticket", "Can assign a ticket"),
                    ("close_ticket", "Can close and reopen a ticket"),
                    ("merge_ticket", "Can merge tickets"),
                    ("route_ticket", "Can change a ticket's department and priority"),
                ],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReplyAddress",
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
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "digest",
                    models.CharField(
                        editable=False,
                        help_text="SHA-256 of the token, hex",
                        max_length=64,
                        unique=True,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "reply address",
                "verbose_name_plural": "reply addresses",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="message",
            name="ticket",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="messages",
                to="tickets.ticket",
            ),
        ),
        migrations.CreateModel(
            name="InternalNote",
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
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("author", models.CharField(editable=False, max_length=200)),
                ("author_id", models.UUIDField(editable=False, null=True)),
                ("body", models.TextField(editable=False, max_length=20000)),
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
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="notes",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "internal note",
                "ordering": ["created_at", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TicketAssignment",
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
                    "assigned_by",
                    models.CharField(
                        editable=False, help_text="The name as it was", max_length=200
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="assignments",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "assignment",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TicketReading",
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
                ("person_id", models.UUIDField(editable=False)),
                ("read_until", models.DateTimeField(editable=False)),
                ("unread_since", models.DateTimeField(editable=False, null=True)),
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
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="readings",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "reading",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TicketTransition",
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
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="transitions",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "transition",
                "ordering": ["changed_at", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AttachmentCheck",
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
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("missing", "It never arrived"),
                            ("size", "It isn't as large as announced"),
                            ("kind", "It isn't what it says it is"),
                        ],
                        editable=False,
                        max_length=16,
                    ),
                ),
                ("found_type", models.CharField(blank=True, editable=False, max_length=100)),
                (
                    "found_size",
                    models.PositiveBigIntegerField(editable=False, help_text="In bytes", null=True),
                ),
                (
                    "sha256",
                    models.CharField(
                        blank=True, editable=False, max_length=64, verbose_name="SHA-256"
                    ),
                ),
                (
                    "attachment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="checks",
                        to="tickets.attachment",
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
                "verbose_name": "check of an attachment",
                "verbose_name_plural": "checks of attachments",
                "ordering": ["created_at", "pk"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "id"), name="tickets_attachmentcheck_tenant_id_id"
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "attachment"), name="tickets_attachmentcheck_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("refusal__in", ["missing", "size", "kind"]),
                            models.Q(
                                ("found_size__gte", 1),
                                ("refusal", ""),
                                ("sha256__regex", "^[0-9a-f]{64}$"),
                            ),
                            _connector="OR",
                        ),
                        name="tickets_attachmentcheck_has_its_facts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CannedReply",
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
                    "title",
                    models.CharField(help_text="For staff alone", max_length=80, unique=True),
                ),
                (
                    "body",
                    models.TextField(
                        help_text="Markdown, in English", max_length=10000, verbose_name="text"
                    ),
                ),
                (
                    "body_de",
                    models.TextField(
                        blank=True,
                        help_text="Empty: the English one is taken",
                        max_length=10000,
                        verbose_name="text in German",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: for all of them",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="canned_replies",
                        to="tickets.department",
                    ),
                ),
            ],
            options={
                "verbose_name": "canned reply",
                "verbose_name_plural": "canned replies",
                "ordering": ["title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body__regex", "\\S")), name="tickets_cannedreply_body"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IncomingMail",
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
                    "mail_id",
                    models.CharField(
                        editable=False,
                        help_text="The same one once",
                        max_length=255,
                        unique=True,
                        verbose_name="Message-ID",
                    ),
                ),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no-ticket", "It was sent to no ticket's address"),
                            ("wrong-sender", "The sender isn't who the address was made for"),
                            ("no-access", "The sender can't write in that ticket any more"),
                            ("automatic", "A machine sent it"),
                            ("too-many", "Too many mails in a short time"),
                            ("empty", "Nothing but quoted text"),
                        ],
                        editable=False,
                        max_length=16,
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "message",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tickets.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "incoming mail",
                "ordering": ["-received_at", "-pk"],
                "indexes": [
                    models.Index(fields=["-received_at", "-id"], name="tickets_incomingmail_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("message__isnull", False), ("refusal", "")),
                            models.Q(
                                ("message__isnull", True),
                                (
                                    "refusal__in",
                                    [
                                        "no-ticket",
                                        "wrong-sender",
                                        "no-access",
                                        "automatic",
                                        "too-many",
                                        "empty",
                                    ],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="tickets_incomingmail_became_something",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["tenant", "message"], name="tickets_attachment_of_message"),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("message__isnull", True)),
                fields=["created_at"],
                name="tickets_attachment_unsent",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="tickets_attachment_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gte", 1), ("size__lte", 20971520)),
                name="tickets_attachment_size",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("filename__regex", "\\S"),
                    models.Q(("filename__regex", "[\\u0001-\\u001F\\u007F/\\\\]"), _negated=True),
                ),
                name="tickets_attachment_filename",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicelevel",
            constraint=models.UniqueConstraint(
                fields=("plan", "priority"), name="tickets_servicelevel_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="servicelevel",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__in", ["low", "normal", "high", "urgent"])),
                name="tickets_servicelevel_priority",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicelevel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer_within_hours__gte", 1), ("answer_within_hours__lte", 720)
                ),
                name="tickets_servicelevel_hours",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["tenant", "-last_message_at", "-id"], name="tickets_ticket_by_activity"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["tenant", "state", "-last_message_at", "-id"],
                name="tickets_ticket_by_state",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ("open", "awaiting_staff", "reopened", "awaiting_customer"))
                ),
                fields=["tenant", "-last_message_at", "-id"],
                name="tickets_ticket_unfinished",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("waiting_since__isnull", False)),
                fields=["tenant", "-last_message_at", "-id"],
                name="tickets_ticket_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["tenant", "opened_by_id", "-last_message_at", "-id"],
                name="tickets_ticket_by_opener",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["tenant", "merged_into"],
                name="tickets_ticket_merged",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("answer_due_at__isnull", False)),
                fields=["answer_due_at", "id"],
                name="tickets_ticket_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("state", "awaiting_customer")),
                fields=["last_message_at", "id"],
                name="tickets_ticket_by_silence",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["-last_message_at", "-id"], name="tickets_ticket_newest"),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="tickets_ticket_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.UniqueConstraint(
                fields=("tenant", "number"), name="tickets_ticket_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="tickets_ticket_counts_from_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("subject__regex", "\\S"),
                    models.Q(("subject__regex", "[\\u0001-\\u001F\\u007F]"), _negated=True),
                ),
                name="tickets_ticket_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__in", ["low", "normal", "high", "urgent"])),
                name="tickets_ticket_priority",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["open", "awaiting_staff", "awaiting_customer", "closed", "reopened"],
                    )
                ),
                name="tickets_ticket_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_message_side__in", ["customer", "staff", "system"])),
                name="tickets_ticket_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer_due_at__isnull", False),
                        ("state__in", ("open", "awaiting_staff", "reopened")),
                        ("waiting_since__isnull", False),
                    ),
                    models.Q(
                        ("answer_due_at__isnull", True),
                        ("waiting_since__isnull", True),
                        models.Q(
                            ("state__in", ("open", "awaiting_staff", "reopened")), _negated=True
                        ),
                    ),
                    _connector="OR",
                ),
                name="tickets_ticket_somebody_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("close_announced_at__isnull", True),
                    ("state", "awaiting_customer"),
                    _connector="OR",
                ),
                name="tickets_ticket_announced_in_silence",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True), ("state", "closed"), _connector="OR"
                ),
                name="tickets_ticket_merged_is_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="replyaddress",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="tickets_replyaddress_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="replyaddress",
            constraint=models.UniqueConstraint(
                fields=("tenant", "ticket", "person"), name="tickets_replyaddress_once"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["tenant", "ticket", "-created_at", "-id"], name="tickets_message_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="tickets_message_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["customer", "staff", "system"])),
                name="tickets_message_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("via__in", ["portal", "api", "mail", "admin", "system"])),
                name="tickets_message_via",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("body", ""),
                        ("event__in", ["closing-soon", "closed-silent", "merged"]),
                        ("side", "system"),
                    ),
                    models.Q(
                        ("body__regex", "\\S"),
                        ("event", ""),
                        models.Q(("side", "system"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="tickets_message_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length("body"), 20000
                ),
                name="tickets_message_length",
            ),
        ),
        migrations.AddIndex(
            model_name="internalnote",
            index=models.Index(
                fields=["tenant", "ticket", "created_at"], name="tickets_note_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="internalnote",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="tickets_internalnote_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="internalnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("body__regex", "\\S"),
                    django.db.models.lookups.LessThanOrEqual(
                        django.db.models.functions.text.Length("body"), 20000
                    ),
                ),
                name="tickets_internalnote_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketassignment",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="tickets_ticketassignment_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketassignment",
            constraint=models.UniqueConstraint(
                fields=("tenant", "ticket"), name="tickets_ticket_one_assignee"
            ),
        ),
        migrations.AddIndex(
            model_name="ticketreading",
            index=models.Index(
                condition=models.Q(("unread_since__isnull", False)),
                fields=["tenant", "person_id", "ticket"],
                name="tickets_ticketreading_unread",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketreading",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="tickets_ticketreading_tenant_id_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketreading",
            constraint=models.UniqueConstraint(
                fields=("tenant", "ticket", "person_id"), name="tickets_ticketreading_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketreading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unread_since__isnull", True),
                    ("unread_since__gt", models.F("read_until")),
                    _connector="OR",
                ),
                name="tickets_ticketreading_unread_is_later",
            ),
        ),
        migrations.AddIndex(
            model_name="tickettransition",
            index=models.Index(
                fields=["tenant", "ticket", "changed_at"], name="tickets_transition_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="tickettransition",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="tickets_tickettransition_tenant_id_id"
            ),
        ),
    ]
