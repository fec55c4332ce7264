"""Validations: each look that was taken at a tenant's database, and what it told."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from backend.common.actor import Actor
from backend.common.models import TenantOwned, TenantOwnedQuerySet

MOST_ATTEMPTS: Final = 3
# The job that carries one out.
TASK: Final = "database_configs.validate"
QUEUE: Final = "validations"


class State(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    VALID = "valid", "Valid"
    INVALID = "invalid", "Invalid"
    ABANDONED = "abandoned", "Abandoned"


UNFINISHED: Final = (State.WAITING, State.RUNNING)
ENDED: Final = (State.VALID, State.INVALID, State.ABANDONED)
# Of which `GuardTransitions` knows too. The row itself says when and by whom.
CHANGES: Final = (
    (State.RUNNING, State.ABANDONED),
    (State.RUNNING, State.INVALID),
    (State.RUNNING, State.VALID),
    (State.WAITING, State.ABANDONED),
    (State.WAITING, State.RUNNING),
)


class DatabaseValidationQuerySet(TenantOwnedQuerySet):
    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)


class DatabaseValidation(TenantOwned):
    """From the moment that it was asked for. What has ended doesn't change any more.

    Each verb is one UPDATE that finds the row only in the state, and in the attempt, that it
    expects: a worker that was believed dead can't spoil its successor's work.
    """

    config = models.ForeignKey(
        "database_configs.DatabaseConfig",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="validations",
        editable=False,
    )
    connection_version = models.PositiveIntegerField(editable=False)
    state = models.CharField(
        max_length=16, choices=State, default=State.WAITING, editable=False, db_index=False
    )
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    job_id = models.BigIntegerField(editable=False)
    requested_by = models.CharField(max_length=200, editable=False, help_text="The name as it was")
    requested_by_kind = models.CharField(max_length=8, editable=False)
    requested_by_id = models.UUIDField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    checks = models.JSONField(default=list, editable=False)

    objects: ClassVar[Any] = DatabaseValidationQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        verbose_name = "validation"
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "config"],
                condition=Q(state__in=UNFINISHED),
                name="database_configs_one_validation_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, finished_at__isnull=True)
                | Q(state__in=ENDED, finished_at__isnull=False),
                name="database_configs_validation_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "config", "-id"], name="database_validation_last")
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M} {self.get_state_display()}"

    @property
    def requester(self) -> Actor:
        return Actor(self.requested_by_kind, self.requested_by, self.requested_by_id)  # type: ignore[arg-type] # as it was recorded

    def begin(self) -> bool:
        """Starts, or starts anew after a worker died. Whether there is anything to be done."""
        begun = self._update(
            {"state__in": UNFINISHED, "attempt__lt": MOST_ATTEMPTS},
            state=State.RUNNING,
            attempt=F("attempt") + 1,
            started_at=timezone.now(),
            checks=[],
        )
        if begun:
            self.refresh_from_db(fields=["attempt", "state", "started_at", "checks"])
        return begun

    def note(self, checks: list[dict[str, Any]]) -> bool:
        """Keeps what is known so far. False when it isn't this attempt's any more."""
        return self._update(self._mine, checks=checks)

    def finish(self, state: State, checks: list[dict[str, Any]]) -> bool:
        """Ends it as valid or invalid. False when it isn't this attempt's any more."""
        return self._update(self._mine, state=state, checks=checks, finished_at=timezone.now())

    def abandon(self) -> bool:
        """Ends it without a result."""
        return self._update(
            {"state__in": UNFINISHED}, state=State.ABANDONED, finished_at=timezone.now()
        )

    @property
    def _mine(self) -> dict[str, Any]:
        return {"state": State.RUNNING, "attempt": self.attempt}

    def _update(self, expected: dict[str, Any], **values: Any) -> bool:
        rows = DatabaseValidation.objects.filter(pk=self.pk, tenant_id=self.tenant_id, **expected)
        return bool(rows.update(**values, updated_at=timezone.now()))
