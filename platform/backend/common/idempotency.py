"""`Idempotency-Key`: sending a write twice does the thing once.

The key is claimed by an insert in the request's own transaction. A concurrent twin therefore waits
at the unique index until the first has committed, then finds its reply; if the first failed, its
claim is rolled back with everything else and the twin goes ahead. Only successes are stored: a
refused request wrote nothing, so that repeating it is harmless.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson
from cryptography.fernet import Fernet, InvalidToken
from django.db import connection
from django.http import HttpResponse
from django.utils.crypto import salted_hmac
from rest_framework.request import Request

from backend.common.caller import Caller
from backend.common.problems import Problem

LIFETIME: Final = timedelta(hours=24)
_ACCEPTABLE = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("ETag", "Location")


class IdempotencyConflict(Problem):
    status_code = 409
    code = "idempotency-conflict"
    title = "This Idempotency-Key was used for another request"


class IdempotencyKeyInvalid(Problem):
    status_code = 400
    code = "idempotency-key-invalid"
    title = "An Idempotency-Key is 1 to 255 visible ASCII characters"


@dataclass(frozen=True, slots=True)
class StoredReply:
    status: int
    headers: dict[str, str]
    body: bytes


def _digest(*parts: object) -> str:
    return hashlib.sha256(b"\x00".join(str(part).encode() for part in parts)).hexdigest()


def _request_digest(request: Request) -> str:
    if (request.content_type or "").startswith("multipart/"):
        # The boundary differs at each sending, so what counts is what is inside.
        request.data  # noqa: B018 - parses the body
        files = [
            (name, hashlib.sha256(b"".join(file.chunks())).hexdigest())
            for name, listed in sorted(request.FILES.lists())
            for file in listed
        ]
        for file in request.FILES.values():
            file.seek(0)
        return _digest(request.method, request.path, sorted(request.POST.lists()), files)
    return _digest(request.method, request.path, hashlib.sha256(request.body).hexdigest())


def _seal(key: str) -> Fernet:
    """Only who sends the key again can read the reply: an erased guest may be in it."""
    secret = salted_hmac("backend.common.idempotency", key, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(secret))


class Claim:
    """One use of a key, inside the request's transaction and before the tenant is entered."""

    _CLAIM = """
        INSERT INTO common_idempotencykey AS stored
            (id, request_digest, status, headers, body, created_at)
        VALUES (%(id)s, %(digest)s, NULL, '{}', '', now())
        ON CONFLICT (id) DO UPDATE SET
            request_digest = excluded.request_digest, status = NULL, created_at = now()
            WHERE stored.created_at < now() - %(lifetime)s
        RETURNING id
    """
    _FIND = """
        SELECT request_digest, status, headers, body FROM common_idempotencykey WHERE id = %s
    """
    _STORE = """
        UPDATE common_idempotencykey SET status = %s, headers = %s, body = %s WHERE id = %s
    """

    def __init__(self, request: Request, caller: Caller, key: str) -> None:
        if not _ACCEPTABLE.fullmatch(key):
            raise IdempotencyKeyInvalid
        person = caller.person.id if caller.person else ""
        self.id = _digest(caller.app_id, person, caller.tenant_id or "", key)
        # Keyed, or a password could be guessed from the digest of the body that it was in.
        self.request_digest = salted_hmac(
            "backend.common.idempotency.request", _request_digest(request), algorithm="sha256"
        ).hexdigest()
        self._sealed = _seal(key)

    def take(self) -> StoredReply | None:
        """Claims the key (None), or finds the reply that it got before. Waits for a twin.

        Raises IdempotencyConflict when the key was used for another request.
        """
        with connection.cursor() as cursor:
            values: dict[str, Any] = {"id": self.id, "digest": self.request_digest}
            cursor.execute(self._CLAIM, values | {"lifetime": LIFETIME})
            if cursor.fetchone():
                return None
            cursor.execute(self._FIND, [self.id])
            digest, status, headers, body = cursor.fetchone()
        if digest != self.request_digest:
            raise IdempotencyConflict
        try:
            opened = self._sealed.decrypt(bytes(body))
        except InvalidToken as error:
            # SECRET_KEY has changed since: what was done can't be told any more, only that it was.
            raise IdempotencyConflict from error
        return StoredReply(status, orjson.loads(headers), opened)

    def store(self, response: HttpResponse) -> None:
        """Keeps a rendered reply; to be called after leaving the tenant."""
        headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        values: list[Any] = [
            response.status_code,
            orjson.dumps(headers).decode(),
            self._sealed.encrypt(response.content),
            self.id,
        ]
        with connection.cursor() as cursor:
            cursor.execute(self._STORE, values)
