"""Doing a thing once, although the job that does it may be run again: a worker can die at any line.

What a job writes and the claim that it did so are committed together, so that the second run finds
the claim. It is kept for a day, among the keys of requests; a lost job is taken up within minutes.
"""

from __future__ import annotations

import hashlib

from django.utils import timezone

from backend.common.models import IdempotencyKey


def claim(name: str) -> bool:
    """Whether this transaction is the first to claim `name`. Waits for one that is under way."""
    _, is_first = IdempotencyKey.objects.get_or_create(
        pk=hashlib.sha256(b"once\x00" + name.encode()).hexdigest(),
        defaults={"created_at": timezone.now()},
    )
    return is_first
