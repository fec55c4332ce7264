"""Changing a row's state: locked, checked, done and recorded in one transaction.

A model with states lists its verbs in a table beside the enum of its states::

    class State(models.TextChoices): ...

    TRANSITIONS = {
        "suspend": Transition({State.ACTIVE}, State.SUSPENDED, needs_reason=True),
    }

and offers each as a method that calls :func:`change_state`. The migration puts the same table into
the database with `GuardTransitions`, which refuses every other change whoever makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from backend.common.actor import Actor
from backend.common.bulk import update_all
from backend.common.models import TenantOwned
from backend.common.problems import Problem

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Transition:
    sources: Set[str]
    target: str
    needs_reason: bool = False


class TransitionRefused(Problem):
    """409; says the present `state` and the `verb`."""

    status_code = 409
    code = "transition-refused"
    title = "That is not possible in the present state"


class ReasonMissing(Problem):
    status_code = 400
    code = "reason-missing"
    title = "A reason is needed"


class TransitionRecord(TenantOwned):
    """One change of state. Append-only: see `AppendOnly`.

    `changed_by` is the name as it was; `changed_by_id` the person or app, which may be gone.
    """

    from_state = models.CharField(max_length=24, editable=False)
    to_state = models.CharField(max_length=24, editable=False)
    changed_by = models.CharField(max_length=200, editable=False)
    changed_by_kind = models.CharField(max_length=8, editable=False)
    changed_by_id = models.UUIDField(null=True, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True, editable=False)
    # `changed_at` says it, and a fact has no second version.
    created_at = None  # type: ignore[assignment] # leaves the field out
    updated_at = None  # type: ignore[assignment]

    class Meta(TenantOwned.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


def allowed_changes(transitions: Mapping[str, Transition]) -> list[tuple[str, str]]:
    """The pairs of states that the table allows, in order: what the database is told."""
    return sorted(
        {(source, each.target) for each in transitions.values() for source in each.sources}
    )


def change_state(
    row: Any,
    verb: str,
    *,
    by: Actor,
    reason: str = "",
    record: type[TransitionRecord],
    about: Mapping[str, Any],
    also: Sequence[str] = (),
) -> TransitionRecord:
    """Carries out `verb` of the row's `TRANSITIONS`, and returns what is on record now.

    `about` names the row in its record: ``{"tab": tab}``. Locks the row; `row.state` is the new
    one afterwards. `also` names fields that the caller has set and that are written along with the
    state, where the one can't be without the other. Raises TransitionRefused, ReasonMissing.
    """
    transition_of: Transition = row.TRANSITIONS[verb]
    reason = reason.strip()
    with transaction.atomic():
        locked = type(row).objects.select_for_update(no_key=True).get(pk=row.pk)
        if locked.state not in transition_of.sources:
            raise TransitionRefused(state=str(locked.state), verb=verb)
        if transition_of.needs_reason and not reason:
            raise ReasonMissing
        changed = record.objects.create(
            from_state=locked.state,
            to_state=transition_of.target,
            changed_by=by.name,
            changed_by_kind=by.kind,
            changed_by_id=by.id,
            changed_at=timezone.now(),
            reason=reason,
            **about,
        )
        row.state = transition_of.target
        row.save(update_fields=["state", "updated_at", *also])
    return changed


def change_states(
    rows: Sequence[Any],
    verb: str,
    *,
    by: Actor,
    reason: str = "",
    record: type[TransitionRecord],
    about: Callable[[Any], Mapping[str, Any]],
    also: Sequence[str] = (),
) -> list[TransitionRecord]:
    """`change_state` for many rows of one model, in five statements however many there are.

    All of them or none. `about` makes of a row what names it in its record.
    """
    if not rows:
        return []
    model = type(rows[0])
    transition_of: Transition = model.TRANSITIONS[verb]
    reason = reason.strip()
    if transition_of.needs_reason and not reason:
        raise ReasonMissing
    now = timezone.now()
    with transaction.atomic():
        keys = [row.pk for row in rows]
        # In one order, so that two who change the same rows don't wait for each other in a circle.
        locked = model.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
        states = dict(locked.values_list("pk", "state"))
        changed = []
        for row in rows:
            if states[row.pk] not in transition_of.sources:
                raise TransitionRefused(state=str(states[row.pk]), verb=verb)
            changed.append(
                record(
                    from_state=states[row.pk],
                    to_state=transition_of.target,
                    changed_by=by.name,
                    changed_by_kind=by.kind,
                    changed_by_id=by.id,
                    changed_at=now,
                    reason=reason,
                    **about(row),
                )
            )
            row.state = transition_of.target
            row.updated_at = now
        record.objects.bulk_create(changed)
        update_all(rows, ["state", "updated_at", *also])
    return changed
