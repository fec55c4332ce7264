"""A claim holds for whoever comes second, and is gone with a transaction that is rolled back."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from backend.common.models import IdempotencyKey
from backend.common.once import claim
from backend.operations.tasks import purge_requests


@pytest.mark.django_db
def test_the_second_finds_it_claimed() -> None:
    assert claim("a")
    assert not claim("a")
    assert claim("b")


@pytest.mark.django_db
def test_what_is_rolled_back_was_not_claimed() -> None:
    with transaction.atomic():
        assert claim("a")
        transaction.set_rollback(True)
    assert claim("a")


@pytest.mark.django_db
def test_it_is_kept_for_a_day() -> None:
    assert claim("a")
    purge_requests(timestamp=0)
    assert not claim("a")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=24.1))
    purge_requests(timestamp=0)
    assert claim("a")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_has_it() -> None:
    together = Barrier(2)
    claimed = []

    def try_it() -> None:
        try:
            with transaction.atomic():
                together.wait(timeout=10)
                claimed.append(claim("a"))
        finally:
            connection.close()

    threads = [Thread(target=try_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == [False, True]
