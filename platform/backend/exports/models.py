"""Exports: archives of everything that a tenant owns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from backend.audit.recording import About, record
from backend.common import files
from backend.common.actor import Actor
from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.common.transitions import (
    Transition,
    TransitionRecord,
    TransitionRefused,
    change_state,
)

KEPT: Final = timedelta(days=7)
# Times that one archive is begun: workers die, stores and databases restart.
# The job that makes an export: named here, for those who queue it and for itself.
TASK: Final = "exports.make"
QUEUE: Final = "exports"
MOST_ATTEMPTS: Final = 5
CONTENT_TYPE: Final = "application/zip"
LONGEST_DIAGNOSTICS: Final = 2000


class State(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"
    EXPIRED = "expired", "Expired"


UNFINISHED: Final = (State.WAITING, State.RUNNING)
WITH_AN_ARCHIVE: Final = (State.READY, State.EXPIRED)


class Failure(models.TextChoices):
    """Why there is no archive, as the tenant is told."""

    STORE = "store", "The archive could not be stored"
    READING = "reading", "The data could not be read"
    INTERRUPTED = "interrupted", "The work was interrupted again and again"


TRANSITIONS: Final = {
    "start": Transition({State.WAITING}, State.RUNNING),
    "finish": Transition({State.RUNNING}, State.READY),
    "fail": Transition({State.WAITING, State.RUNNING}, State.FAILED),
    "expire": Transition({State.READY}, State.EXPIRED),
}


class TenantExportQuerySet(TenantOwnedQuerySet):
    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)


class TenantExport(TenantOwned):
    """One archive, from the moment that it was asked for. The row stays when the file is gone.

    `attempt` counts how often the work was begun. Each attempt has a file of its own, and only the
    latest may change anything: a worker that was believed dead can't spoil its successor's work.
    """

    TRANSITIONS: ClassVar = TRANSITIONS

    state = models.CharField(
        max_length=24, choices=State, default=State.WAITING, editable=False, db_index=False
    )
    requested_by = models.CharField(max_length=200, editable=False, help_text="The name as it was")
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    tables_done = models.PositiveIntegerField(default=0, editable=False)
    tables_total = models.PositiveIntegerField(default=0, editable=False)
    rows = models.PositiveBigIntegerField(default=0, editable=False)
    bytes = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="Size of the archive, once it is there"
    )
    sha256 = models.CharField(
        "SHA-256", max_length=64, blank=True, editable=False, help_text="Of the archive, hex"
    )
    finished_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    failure = models.CharField(max_length=16, choices=Failure, blank=True, editable=False)
    diagnostics = models.TextField(
        blank=True, editable=False, help_text="For staff: it may name what members must not see"
    )

    objects: ClassVar[Any] = TenantExportQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(state__in=UNFINISHED),
                name="exports_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="exports_tenantexport_state"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=WITH_AN_ARCHIVE)
                | Q(
                    sha256__regex=r"^[0-9a-f]{64}$",
                    bytes__gt=0,
                    finished_at__isnull=False,
                    expires_at__isnull=False,
                ),
                name="exports_an_archive_has_its_facts",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.FAILED)
                | Q(failure__in=Failure.values, finished_at__isnull=False),
                name="exports_a_failure_has_its_reason",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-created_at", "-id"], name="exports_by_age")]
        ordering = ["-created_at", "-pk"]
        verbose_name = "export"

    def __str__(self) -> str:
        return self.file_name

    @property
    def file_name(self) -> str:
        """What the archive is called on the disk of who downloads it."""
        return file_name(self.tenant.slug, self.created_at)

    @property
    def archive(self) -> str:
        """Where the latest attempt's archive lies in the store."""
        return archive_name(self.tenant_id, self.pk, self.attempt)

    def begin(self) -> int:
        """Starts the work, or starts it anew after it was interrupted. The attempt's number.

        Raises TransitionRefused when there is nothing to do any more.
        """
        with transaction.atomic():
            self._lock()
            if self.state == State.WAITING:
                self._change("start")
            elif self.state != State.RUNNING:
                raise TransitionRefused(state=str(self.state), verb="start")
            self.attempt += 1
            self.tables_done = self.tables_total = self.rows = 0
            self.save(
                update_fields=["attempt", "tables_done", "tables_total", "rows", "updated_at"]
            )
        return self.attempt

    def finish(self, attempt: int, *, tables: int, rows: int, bytes: int, sha256: str) -> None:  # noqa: A002 - as the column is called
        """The archive lies in the store. Raises TransitionRefused if the attempt isn't the last."""
        with transaction.atomic():
            self._lock(attempt)
            now = timezone.now()
            self.tables_done = self.tables_total = tables
            self.rows, self.bytes, self.sha256 = rows, bytes, sha256
            self.finished_at, self.expires_at = now, now + KEPT
            self.save()
            self._change("finish")
            record(
                "export.finished",
                tenant_id=self.tenant_id,
                by=Actor.system(),
                about=self.about(),
                data={"tables": tables, "rows": rows, "bytes": bytes, "sha256": sha256},
            )

    def fail(self, failure: Failure, diagnostics: str) -> None:
        """Nothing comes of it any more. Raises TransitionRefused if it is over already."""
        with transaction.atomic():
            self._lock()
            self.failure, self.finished_at = failure, timezone.now()
            self.diagnostics = diagnostics[:LONGEST_DIAGNOSTICS]
            self.save(update_fields=["failure", "finished_at", "diagnostics", "updated_at"])
            self._change("fail", reason=Failure(failure).label)

    def expire(self) -> None:
        """The archive's time is over; its file is deleted by then."""
        self._change("expire")

    def delete_files(self, *, before: int | None = None) -> None:
        """Deletes the archives of all attempts, or those of earlier ones. Raises StoreFailed."""
        for attempt in range(1, self.attempt + 1 if before is None else before):
            files.delete(archive_name(self.tenant_id, self.pk, attempt))

    def about(self) -> About:
        """How the audit trail names it."""
        return About("export", self.pk, self.file_name)

    def _lock(self, attempt: int | None = None) -> None:
        TenantExport.objects.select_for_update(no_key=True).only("pk").get(pk=self.pk)
        self.refresh_from_db()
        if attempt is not None and self.attempt != attempt:
            raise TransitionRefused(state=str(self.state), verb="finish")

    def _change(self, verb: str, *, reason: str = "") -> None:
        change_state(
            self,
            verb,
            by=Actor.system(),
            reason=reason,
            record=TenantExportTransition,
            about={"tenant_id": self.tenant_id, "export": self},
        )


class TenantExportTransition(TransitionRecord):
    """A change of an export's state. The platform makes them all."""

    export = models.ForeignKey(
        TenantExport,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="transitions",
        editable=False,
    )

    class Meta(TransitionRecord.Meta):
        indexes = [
            models.Index(fields=["tenant", "export", "changed_at"], name="exports_transition_order")
        ]
        ordering = ["changed_at", "pk"]
        verbose_name = "transition"


def archive_name(tenant_id: UUID, export_id: UUID, attempt: int) -> str:
    return f"exports/{tenant_id}/{export_id}-{attempt}.zip"


def file_name(slug: str, requested_at: datetime) -> str:
    return f"{slug}-export-{requested_at:%Y-%m-%d}.zip"
