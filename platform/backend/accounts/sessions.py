"""The session engine: the database knows a digest of each token, never the token itself.

Two kinds of visit share the table `accounts_session`, told apart by `surface`, which also salts the
digest, so that the token of one is unknown to the other:

- the portal's visitors, whose token travels in `X-Session-Token` (`SESSION_ENGINE`);
- the operator's staff, whose token is the admin's cookie (:class:`StaffSessionStore`).

The API doesn't come through here on its fast path. It joins `accounts_session` by
``digest = session_digest(token)`` where ``expire_date > now()``, then compares ``auth_hash`` to
:func:`expected_auth_hash` of the person's password, and calls :func:`touch_session` when
``last_seen_at`` is older than :data:`TOUCH_AFTER`.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.db.models import DateTimeField, DurationField, F, Value
from django.db.models.functions import Least, Now
from django.utils import timezone
from django.utils.crypto import salted_hmac

from backend.accounts.models.session import Session, SessionQuerySet
from backend.common.encryption import Undecryptable, decrypt, encrypt

TOUCH_AFTER = timedelta(minutes=5)
USER_AGENT_LENGTH = 255

_AUTH_HASH_SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"


def session_digest(token: str, surface: str = Session.Surface.PORTAL) -> str:
    """Return what is stored instead of the token: 64 hex digits, useless without our key."""
    salt = f"backend.accounts.sessions.{surface}"
    return salted_hmac(salt, token, algorithm="sha256").hexdigest()


def expected_auth_hash(password_hash: str) -> str:
    """Return the `auth_hash` of a good session, from the person's `password` column.

    Equal to Django's ``get_session_auth_hash()``, without making a model instance.
    """
    return salted_hmac(_AUTH_HASH_SALT, password_hash, algorithm="sha256").hexdigest()


def touch_session(session_id: UUID, *, address: str | None) -> bool:
    """Slide the session's expiry with one UPDATE, unless another request has just done so.

    An ended or expired session stays so. Returns whether the row was written.
    """
    return _touch(SessionStore, session_id, address)


def _touch(store: type[SessionStore], session_id: UUID, address: str | None) -> bool:
    def later(start: Any, lifetime: timedelta) -> Any:
        return start + Value(lifetime, output_field=DurationField())

    due = Session.objects.live().filter(
        id=session_id, person__isnull=False, last_seen_at__lt=later(Now(), -TOUCH_AFTER)
    )
    written = due.update(
        last_seen_at=Now(),
        expire_date=Least(
            later(Now(), store.idle_lifetime),
            later(F("created_at"), store.absolute_lifetime),
            output_field=DateTimeField(),
        ),
        address=address,
    )
    return bool(written)


class SessionStore(SessionBase):
    """Django's session interface over :class:`backend.accounts.models.Session`.

    Reading costs one query, a write one more. A session that was ended meanwhile is never written
    again: `save` raises `UpdateError`.
    """

    surface: ClassVar[str] = Session.Surface.PORTAL
    idle_lifetime: ClassVar[timedelta] = timedelta(days=14)
    absolute_lifetime: ClassVar[timedelta] = timedelta(days=90)
    # Between two steps of signing in; nobody is signed in yet.
    pending_lifetime: ClassVar[timedelta] = timedelta(hours=1)

    _stored: Session | None = None
    _seen_from: dict[str, str | None] | None = None

    @property
    def id(self) -> UUID | None:
        """The public id of the stored row."""
        return self._stored.id if self._stored else None

    def seen_from(self, address: str | None, user_agent: str) -> None:
        """Note where the visitor is; written with the next save."""
        self._seen_from = {"address": address, "user_agent": user_agent[:USER_AGENT_LENGTH]}

    def touch(self) -> bool:
        """Slide the expiry of a stored session when it is due. See :func:`touch_session`."""
        if self._stored is None or timezone.now() - self._stored.last_seen_at < TOUCH_AFTER:
            return False
        address = self._seen_from["address"] if self._seen_from else self._stored.address
        return _touch(type(self), self._stored.id, address)

    def load(self) -> dict[str, Any]:
        return self._load(lock=False)

    def load_locked(self) -> None:
        """Load inside a transaction and hold the row until its end.

        The steps of a sign-in read the session, judge, and write it back: two at once would each
        believe to be the first.
        """
        self._session_cache = self._load(lock=True)

    def _load(self, *, lock: bool) -> dict[str, Any]:
        rows = Session.objects.live().filter(digest=self._digest())
        if lock:
            rows = rows.select_for_update()
        self._stored = rows.first()
        if self._stored is None:
            self._session_key = None
            return {}
        return self.decode(self._stored.session_data)

    def exists(self, session_key: str) -> bool:
        digest = session_digest(session_key, self.surface)
        return bool(Session.objects.live().filter(digest=digest).exists())

    def create(self) -> None:
        self._session_key = self._get_new_session_key()
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        data = self._contents(load=not must_create)
        if must_create:
            self._stored = Session(digest=self._digest(), surface=self.surface)
        elif self._stored is None:
            self._stored = Session.objects.live().filter(digest=self._digest()).first()
        if self._stored is None:
            raise UpdateError
        columns = self._columns(self._stored, data)
        for name, value in columns.items():
            setattr(self._stored, name, value)
        if must_create:
            self._stored.save(force_insert=True)
        elif not Session.objects.live().filter(digest=self._digest()).update(**columns):
            raise UpdateError
        return None

    def delete(self, session_key: str | None = None) -> None:
        key = self.session_key if session_key is None else session_key
        if key is not None:
            Session.objects.filter(digest=session_digest(key, self.surface)).delete()

    def flush(self) -> None:
        super().flush()
        self._stored = None

    def cycle_key(self) -> None:
        """Give the stored session another token; its id and age stay."""
        self._contents()
        if self.session_key is None:
            return self.create()
        old, self._session_key = self._digest(), self._get_new_session_key()
        if not Session.objects.live().filter(digest=old).update(digest=self._digest()):
            raise UpdateError
        self.modified = True
        return None

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.expired().delete()

    def encode(self, session_dict: dict[str, Any]) -> str:
        return encrypt(self.serializer().dumps(session_dict).decode("ascii"))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return an empty session where no key fits any more: the visitor signs in again."""
        try:
            return dict(self.serializer().loads(decrypt(str(session_data)).encode("ascii")))
        except Undecryptable:
            return {}

    def _contents(self, *, load: bool = True) -> dict[str, Any]:
        """What the session holds. Loading forgets a key that is not, or no longer, known."""
        return self._get_session(no_load=not load)  # type: ignore[attr-defined] # not in the stubs

    def _get_new_session_key(self) -> str:
        # 256 random bits need no look-up whether they are taken.
        return secrets.token_urlsafe(32)

    def _digest(self) -> str:
        return session_digest(str(self.session_key), self.surface)

    def _columns(self, stored: Session, data: dict[str, Any]) -> dict[str, Any]:
        now = timezone.now()
        person_id = UUID(data[SESSION_KEY]) if SESSION_KEY in data else None
        # The clock starts at the sign-in, not at the first step towards it.
        created_at = stored.created_at if person_id == stored.person_id else now
        return {
            "session_data": self.encode(data),
            "person_id": person_id,
            "auth_hash": data.get(HASH_SESSION_KEY, ""),
            "created_at": created_at,
            "last_seen_at": now,
            "expire_date": self._expire_date(now, created_at, signed_in=person_id is not None),
            **(self._seen_from or {}),
        }

    def _expire_date(self, now: datetime, created_at: datetime, *, signed_in: bool) -> datetime:
        if not signed_in:
            return now + self.pending_lifetime
        return min(now + self.idle_lifetime, created_at + self.absolute_lifetime)


class StaffSessionStore(SessionStore):
    """Sessions of the staff admin: a working day, renewed while it is used, a week at most."""

    surface = Session.Surface.STAFF
    idle_lifetime = timedelta(hours=12)
    absolute_lifetime = timedelta(days=7)


def end_sessions(person_id: UUID, *, except_id: UUID | None = None) -> int:
    """End a person's sessions everywhere, at once. Returns how many there were."""
    deleted, _ = _others(person_id, except_id).delete()
    return int(deleted)


def end_idle_sessions(person_id: UUID, *, except_id: UUID | None) -> int:
    """End those of the sessions that no step of a sign-in holds at this moment.

    For a step that holds one itself: two that waited for each other's would never end. The ones
    left out must be worthless for another reason, such as a new password.
    """
    idle = _others(person_id, except_id).select_for_update(skip_locked=True)
    deleted, _ = Session.objects.filter(id__in=list(idle.values_list("id", flat=True))).delete()
    return int(deleted)


def _others(person_id: UUID, except_id: UUID | None) -> SessionQuerySet:
    sessions: SessionQuerySet = Session.objects.filter(person_id=person_id)
    return sessions.exclude(id=except_id) if except_id else sessions
