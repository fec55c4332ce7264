"""Files with messages: announced, put straight into the store, then looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import Q

from backend.tickets.models.message import Fact, Message

LARGEST_FILE: Final = 20 * 1024 * 1024
LONGEST_NAME: Final = 150
MOST_OF_A_MESSAGE: Final = 10
# How long a file may take on its way, and how long it may wait for its message.
UPLOAD_WITHIN: Final = timedelta(minutes=15)
KEPT_WITHOUT_A_MESSAGE: Final = timedelta(hours=24)
# What began in time may still be under way: an upload, or a transaction.
GRACE: Final = timedelta(minutes=15)


class Refusal(models.TextChoices):
    """Why a file is not handed out, as people are told."""

    MISSING = "missing", "It never arrived"
    SIZE = "size", "It isn't as large as announced"
    KIND = "kind", "It isn't what it says it is"


class Attachment(Fact):
    """A file that somebody announced; `message` is set once, when it is sent along.

    `filename` is a name to show and to save under, never an address. The file is put at
    `uploaded_as`, where it can be replaced for some minutes. What its check has looked at and
    accepted lies at `stored_as`, and may be downloaded.
    """

    message = models.ForeignKey(
        Message, on_delete=models.DO_NOTHING, null=True, db_constraint=False, db_index=False,
        related_name="attachments", editable=False,
    )  # fmt: skip
    announced_by_kind = models.CharField(max_length=8, editable=False)
    announced_by_id = models.UUIDField(null=True, editable=False)
    filename = models.CharField(max_length=LONGEST_NAME, editable=False)
    content_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveIntegerField(editable=False, help_text="In bytes, as announced")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=LARGEST_FILE), name="tickets_attachment_size"
            ),
            models.CheckConstraint(
                condition=Q(filename__regex=r"\S")
                & ~Q(filename__regex=r"[\u0001-\u001F\u007F/\\]"),
                name="tickets_attachment_filename",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "message"], name="tickets_attachment_of_message"),
            models.Index(
                fields=["created_at"],
                condition=Q(message__isnull=True),
                name="tickets_attachment_unsent",
            ),
        ]
        ordering = ["created_at", "pk"]
        verbose_name = "attachment"

    def __str__(self) -> str:
        return self.filename

    @property
    def uploaded_as(self) -> str:
        return f"uploads/tickets/{self.tenant_id}/{self.pk}"

    @property
    def uploaded_by(self) -> datetime:
        """From then on nobody can put anything at `uploaded_as`."""
        return self.created_at + UPLOAD_WITHIN + GRACE

    @property
    def stored_as(self) -> str:
        """One query. Raises AttachmentCheck.DoesNotExist."""
        return str(self.checks.get(refusal="").stored_as)


class AttachmentCheck(Fact):
    """What a look at the stored file found. Without a `refusal` it is handed out."""

    attachment = models.ForeignKey(
        Attachment, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False,
        related_name="checks", editable=False,
    )  # fmt: skip
    refusal = models.CharField(max_length=16, choices=Refusal, blank=True, editable=False)
    found_type = models.CharField(max_length=100, blank=True, editable=False)
    found_size = models.PositiveBigIntegerField(null=True, editable=False, help_text="In bytes")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "attachment"], name="tickets_attachmentcheck_once"
            ),
            models.CheckConstraint(
                condition=Q(refusal__in=Refusal.values)
                | Q(refusal="", found_size__gte=1, sha256__regex=r"^[0-9a-f]{64}$"),
                name="tickets_attachmentcheck_has_its_facts",
            ),
        ]
        ordering = ["created_at", "pk"]
        verbose_name = "check of an attachment"
        verbose_name_plural = "checks of attachments"

    def __str__(self) -> str:
        return self.get_refusal_display() or "Accepted"

    @property
    def stored_as(self) -> str:
        """Where the file lies that this is about: another one would have another name."""
        return f"tickets/{self.tenant_id}/{self.attachment_id}-{self.sha256}"
