"""Why jobs failed: procrastinate itself keeps only that they did."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

LONGEST_REASON: Final = 300


class JobFailure(models.Model):
    """The latest failure of a job that is still on record; it goes when the job does.

    `reason` is short and holds nothing of anybody: see `job_failures.reason_of`. Giving up is a
    decision of staff: the job stays failed, and no longer asks for attention.
    """

    job = models.OneToOneField(
        ProcrastinateJob,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        # The migration adds one that deletes this row with the job, however that is deleted.
        db_constraint=False,
        related_name="failure",
    )
    error = models.CharField(max_length=100, blank=True, help_text="The exception's class")
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    failed_at = models.DateTimeField(default=timezone.now)
    given_up_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        # What may be done about jobs is decided by the permissions on jobs.
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.error}: {self.reason}" if self.reason else self.error

    @classmethod
    def remember(cls, job_id: int, error: str, reason: str) -> None:
        """Replaces what was known of an earlier attempt."""
        values = {"error": error[:100], "reason": reason[:LONGEST_REASON]}
        cls.objects.update_or_create(
            job_id=job_id, defaults={**values, "failed_at": timezone.now(), "given_up_at": None}
        )
