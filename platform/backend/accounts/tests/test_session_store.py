from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.accounts.models import Person, Session
from backend.accounts.sessions import (
    SessionStore,
    StaffSessionStore,
    expected_auth_hash,
    session_digest,
    touch_session,
)

pytestmark = pytest.mark.django_db


def signed_in(person: Person, store: type[SessionStore] = SessionStore) -> SessionStore:
    session = store()
    session[SESSION_KEY] = str(person.pk)
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return session


def age(session: SessionStore, **columns: timedelta) -> Session:
    """Moves times of the stored row into the past (or the future, by negative ages)."""
    row = Session.objects.get(id=session.id)
    now = timezone.now()
    for name, how_old in columns.items():
        setattr(row, name, now - how_old)
    row.save(update_fields=list(columns))
    return row


def test_the_database_never_sees_the_token(anna: Person) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        session = signed_in(anna)
        SessionStore(session.session_key).get(SESSION_KEY)
        session.cycle_key()

    assert session.session_key
    assert not any(session.session_key in query["sql"] for query in queries)


def test_what_is_stored_opens_nothing(anna: Person) -> None:
    signed_in(anna)
    row = Session.objects.get()

    for stored in (row.digest, str(row.id), row.auth_hash):
        assert SessionStore(stored).load() == {}


def test_what_a_session_holds_is_encrypted_at_rest(anna: Person) -> None:
    session = signed_in(anna)
    session["mfa.totp.secret"] = "GEZDGNBVGY3TQOJQ"
    session.save()

    stored = Session.objects.get().session_data
    assert "GEZDGNBVGY3TQOJQ" not in stored
    assert SessionStore(session.session_key)["mfa.totp.secret"] == "GEZDGNBVGY3TQOJQ"


def test_a_session_under_a_dropped_key_is_empty(anna: Person, settings) -> None:
    session = signed_in(anna)
    settings.FIELD_ENCRYPTION_KEYS = ["MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="]

    assert SessionStore(session.session_key).load() == {}


def test_its_columns_say_what_the_fast_path_asks(anna: Person) -> None:
    session = signed_in(anna)

    row = Session.objects.get(digest=session_digest(str(session.session_key)))
    assert row.person_id == anna.pk
    assert row.auth_hash == expected_auth_hash(anna.password) == anna.get_session_auth_hash()
    assert row.surface == "portal"
    assert abs(row.expire_date - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)


def test_a_session_before_the_sign_in_is_short_and_nobodys() -> None:
    session = SessionStore()
    session["step"] = 1
    session.save()

    row = Session.objects.get()
    assert row.person_id is None
    assert abs(row.expire_date - timezone.now() - timedelta(hours=1)) < timedelta(minutes=1)


def test_the_clock_starts_at_the_sign_in_and_not_at_the_last_save(anna: Person) -> None:
    session = signed_in(anna)
    began = age(session, created_at=timedelta(days=80)).created_at

    again = SessionStore(session.session_key)
    again["step"] = 1
    again.save()

    row = Session.objects.get()
    assert row.created_at == began
    assert abs(row.expire_date - began - timedelta(days=90)) < timedelta(minutes=1)


def test_an_expired_session_is_gone_though_its_row_is_there(anna: Person) -> None:
    session = signed_in(anna)
    age(session, expire_date=timedelta(seconds=1))

    again = SessionStore(session.session_key)
    assert again.get(SESSION_KEY) is None
    assert again.session_key is None
    assert not SessionStore().exists(str(session.session_key))


def test_a_late_save_does_not_bring_an_ended_session_back(anna: Person) -> None:
    session = signed_in(anna)
    late = SessionStore(session.session_key)
    late["note"] = "loaded before the end"
    session.delete()

    with pytest.raises(UpdateError):
        late.save()
    with pytest.raises(UpdateError):
        late.cycle_key()
    assert not Session.objects.exists()


def test_a_late_save_does_not_bring_an_expired_session_back(anna: Person) -> None:
    session = signed_in(anna)
    age(session, expire_date=timedelta(seconds=1))

    with pytest.raises(UpdateError):
        session.save()


def test_a_new_key_keeps_the_session_and_voids_the_old_one(anna: Person) -> None:
    session = signed_in(anna)
    old, public_id = session.session_key, session.id

    session.cycle_key()

    assert session.session_key != old
    assert SessionStore(old).load() == {}
    again = SessionStore(session.session_key)
    assert again[SESSION_KEY] == str(anna.pk)
    assert again.id == public_id
    assert Session.objects.count() == 1


def test_a_new_key_of_an_unsaved_session_saves_it() -> None:
    session = SessionStore()
    session["step"] = 1
    session.cycle_key()

    assert SessionStore(session.session_key)["step"] == 1


def test_flush_deletes_at_once(anna: Person) -> None:
    session = signed_in(anna)
    session.flush()

    assert not Session.objects.exists()
    assert session.session_key is None
    assert session.is_empty()


def test_the_clock_starts_at_the_sign_in(anna: Person) -> None:
    session = SessionStore()
    session["step"] = 1
    session.save()
    age(session, created_at=timedelta(minutes=50))

    again = SessionStore(session.session_key)
    again[SESSION_KEY] = str(anna.pk)
    again.save()

    assert timezone.now() - Session.objects.get().created_at < timedelta(minutes=1)


def test_reading_costs_one_query_and_writing_one_more(
    anna: Person, django_assert_num_queries
) -> None:
    key = signed_in(anna).session_key
    with django_assert_num_queries(2):
        session = SessionStore(key)
        session["seen"] = 1
        session.save()


@pytest.mark.parametrize(
    ("idle", "slides"), [(timedelta(minutes=4), False), (timedelta(minutes=6), True)]
)
def test_it_slides_when_it_was_idle_for_minutes(
    anna: Person, idle: timedelta, slides: bool, django_assert_num_queries
) -> None:
    session = signed_in(anna)
    before = age(session, last_seen_at=idle, expire_date=timedelta(days=-3))

    with django_assert_num_queries(1):
        written = touch_session(session.id, address="198.51.100.1")

    after = Session.objects.get()
    assert written is slides
    assert (after.address == "198.51.100.1") is slides
    assert (after.expire_date - timezone.now() > timedelta(days=13)) is slides
    assert (after.last_seen_at > before.last_seen_at) is slides


def test_it_does_not_slide_beyond_ninety_days(anna: Person) -> None:
    session = signed_in(anna)
    row = age(session, created_at=timedelta(days=85), last_seen_at=timedelta(hours=1))

    touch_session(session.id, address=None)

    row.refresh_from_db()
    assert row.expire_date == row.created_at + timedelta(days=90)


def test_sliding_does_not_revive(anna: Person) -> None:
    session = signed_in(anna)
    row = age(session, last_seen_at=timedelta(days=15), expire_date=timedelta(days=1))

    assert touch_session(session.id, address=None) is False
    row.refresh_from_db()
    assert row.expire_date < timezone.now()


def test_staff_and_portal_tokens_do_not_open_each_other(anna: Person) -> None:
    portal, staff = signed_in(anna), signed_in(anna, StaffSessionStore)

    assert StaffSessionStore(portal.session_key).load() == {}
    assert SessionStore(staff.session_key).load() == {}
    row = Session.objects.get(surface="staff")
    assert abs(row.expire_date - timezone.now() - timedelta(hours=12)) < timedelta(minutes=1)
