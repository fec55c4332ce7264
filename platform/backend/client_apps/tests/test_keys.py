"""The life of an app's keys: issued, changed with overlap, revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from backend.client_apps.errors import AppRevoked
from backend.client_apps.models import AppKey, key_digest
from backend.conftest import House


def test_a_key_is_stored_as_a_digest(aurora: House) -> None:
    key = aurora.app.app.issue_key()

    stored = AppKey.objects.get(digest=key_digest(key))
    assert stored.shown == key[:10]
    assert all(key not in str(value) for value in vars(stored).values())


def test_after_a_change_both_keys_work_for_a_while(aurora: House, bluefin: House) -> None:
    old, app = aurora.app.key, aurora.app.app
    now = timezone.now()

    new = app.rotate_key(overlap=timedelta(hours=2), expires_at=now + timedelta(days=30), now=now)

    ends = dict(AppKey.objects.filter(app=app).values_list("digest", "expires_at"))
    assert ends == {
        key_digest(old): now + timedelta(hours=2),
        key_digest(new): now + timedelta(days=30),
    }
    assert AppKey.objects.get(app=bluefin.app.app).expires_at is None


def test_the_overlap_ends_on_time(aurora: House) -> None:
    app = aurora.app.app
    app.rotate_key(overlap=timedelta(hours=2))

    assert app.keys.usable().count() == 2
    with time_machine.travel(timezone.now() + timedelta(hours=2, seconds=1)):
        newest, oldest = app.keys.order_by("-created_at")
        assert [newest.is_usable(), oldest.is_usable()] == [True, False]


def test_an_earlier_end_is_not_put_off(aurora: House) -> None:
    app = aurora.app.app
    soon = timezone.now() + timedelta(minutes=5)
    app.keys.update(expires_at=soon)

    app.rotate_key(overlap=timedelta(hours=2))

    assert app.keys.get(digest=key_digest(aurora.app.key)).expires_at == soon


def test_a_revoked_app_gets_no_new_key(aurora: House) -> None:
    app = aurora.app.app
    app.revoke()

    with pytest.raises(AppRevoked):
        app.rotate_key(overlap=timedelta(0))

    assert app.keys.count() == 1
    assert not app.keys.get().is_usable()
