"""What the audit trail is told of people's doors: sign-ins, failures, passwords, second factors.

How many failures it can be told of is bounded by the limits on guesses, which refuse an attempt
before it is judged (`backend.accounts.attempts`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.accounts.models import Person
from backend.audit.recording import record_for_person
from backend.common.actor import Actor


def record_started(person: Person, *, address: str, surface: str) -> None:
    record_for_person(
        "session.started", person.pk, by=_actor(person, surface, address), data={"surface": surface}
    )


def record_ended(person: Person, *, address: str, surface: str) -> None:
    record_for_person(
        "session.ended",
        person.pk,
        by=_actor(person, surface, address),
        data={"surface": surface, "sessions": 1},
    )


def record_wrong_guess(found: dict[str, Any], *, address: str, surface: str, step: str) -> None:
    """Somebody guessed wrongly at the door of the person that `found` names, if there is one.

    Takes as many statements for an address without an account: a trail that told of it would tell
    the guesser too. Of that one only the network address is kept, for staff to see.
    """
    person = Person.objects.filter(**found).only("id", "name", "email").first()
    data = {"surface": surface, "step": step}
    if person is None:
        stranger = Actor("person", "", address=address)
        record_for_person("session.failed", UUID(int=0), by=stranger, data=data)
    else:
        by = _actor(person, surface, address)
        record_for_person("session.failed", person.pk, by=by, data=data)


def _actor(person: Person, surface: str, address: str) -> Actor:
    if surface == "staff":
        return Actor.staff(person, address)
    return Actor.person(person, address)
