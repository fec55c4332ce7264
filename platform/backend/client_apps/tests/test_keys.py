"""The life of an app's keys: issued, changed with overlap, revoked."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from backend.client_apps.errors import AppKeyNotFound, AppRevoked, TooManyAppKeys
from backend.client_apps.models import AppKey, ClientApp, key_digest
from backend.client_apps.models.app import MOST_KEYS
from backend.common.actor import Actor
from backend.conftest import House, new_key

BY = Actor.system()


def test_a_key_is_stored_as_a_digest(aurora: House) -> None:
    issued = aurora.app.app.issue_key(by=BY)

    stored = AppKey.objects.get(digest=key_digest(issued.text))
    assert stored == issued.row
    assert stored.shown == issued.text[:10]
    assert all(issued.text not in str(value) for value in vars(stored).values())
    assert issued.text not in repr(issued), "it may end up in a log"


def test_after_a_change_both_keys_work_for_a_while(aurora: House, bluefin: House) -> None:
    old, app = aurora.app.key, aurora.app.app
    now = timezone.now()

    new = app.rotate_key(
        by=BY, overlap=timedelta(hours=2), expires_at=now + timedelta(days=30), now=now
    )

    ends = dict(AppKey.objects.filter(app=app).values_list("digest", "expires_at"))
    assert ends == {
        key_digest(old): now + timedelta(hours=2),
        key_digest(new.text): now + timedelta(days=30),
    }
    assert AppKey.objects.get(app=bluefin.app.app).expires_at is None


def test_the_overlap_ends_on_time(aurora: House) -> None:
    app = aurora.app.app
    app.rotate_key(by=BY, overlap=timedelta(hours=2))

    assert app.keys.usable().count() == 2
    with time_machine.travel(timezone.now() + timedelta(hours=2, seconds=1)):
        newest, oldest = app.keys.order_by("-created_at")
        assert [newest.is_usable(), oldest.is_usable()] == [True, False]


def test_an_earlier_end_is_not_put_off(aurora: House) -> None:
    app = aurora.app.app
    soon = timezone.now() + timedelta(minutes=5)
    app.keys.update(expires_at=soon)

    app.rotate_key(by=BY, overlap=timedelta(hours=2))

    assert app.keys.get(digest=key_digest(aurora.app.key)).expires_at == soon


def test_a_revoked_app_gets_no_new_key(aurora: House) -> None:
    app = aurora.app.app
    app.revoke(by=BY)

    with pytest.raises(AppRevoked):
        app.rotate_key(by=BY, overlap=timedelta(0))
    with pytest.raises(AppRevoked):
        app.issue_key(by=BY)

    assert app.keys.count() == 1
    assert not app.keys.get().is_usable()


def test_ten_keys_work_at_once_and_no_more(aurora: House) -> None:
    app = aurora.app.app
    for _ in range(MOST_KEYS - 1):
        new_key(app)
    before = list(app.keys.order_by("pk").values())

    for too_much in (
        lambda: app.issue_key(by=BY),
        lambda: app.rotate_key(by=BY, overlap=timedelta(hours=1)),
    ):
        with pytest.raises(TooManyAppKeys):
            too_much()

    assert list(app.keys.order_by("pk").values()) == before, "no key's end came nearer"
    app.rotate_key(by=BY, overlap=timedelta(0))
    assert app.keys.usable().count() == 1, "those that end at once make room"


def test_a_key_is_revoked_once_and_the_others_stay(aurora: House) -> None:
    app = aurora.app.app
    other = AppKey.objects.get(digest=key_digest(new_key(app)))

    app.revoke_key(other.pk, by=BY)
    first = app.keys.get(pk=other.pk).revoked_at
    app.revoke_key(other.pk, by=BY)

    assert app.keys.get(pk=other.pk).revoked_at == first
    assert [key.digest for key in app.keys.usable()] == [key_digest(aurora.app.key)]


def test_a_key_of_another_app_is_not_revoked_through_this_one(
    aurora: House, bluefin: House
) -> None:
    for app_of_key in (bluefin.app.app, ClientApp.objects.create(tenant=aurora.tenant, name="B")):
        if not app_of_key.keys.exists():
            new_key(app_of_key)
        with pytest.raises(AppKeyNotFound):
            aurora.app.app.revoke_key(app_of_key.keys.get().pk, by=BY)
        assert app_of_key.keys.get().is_usable()
    with pytest.raises(AppKeyNotFound):
        aurora.app.app.revoke_key(uuid4(), by=BY)
