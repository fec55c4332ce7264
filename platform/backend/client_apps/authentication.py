"""Finds out who is calling, in one round trip."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from backend.accounts.sessions import (
    TOUCH_AFTER,
    expected_auth_hash,
    session_digest,
    touch_session,
)
from backend.client_apps.models import AppKey, Kind, key_digest
from backend.common.abilities import APP_SCOPES, ROLE_ABILITIES, STATE_ABILITIES
from backend.common.addresses import address_of
from backend.common.caller import Caller, PersonRef, TenantRef
from backend.common.problems import AppCredentialsInvalid, Forbidden
from backend.common.tenancy import owner_scope

LAST_USE_PRECISION: Final = timedelta(minutes=5)
_BEARER = re.compile(r"Bearer ([\x21-\x7e]{16,200})")
_LONGEST_TOKEN = 200
_PORTAL_HEADERS = ("X-Session-Token", "X-Tenant", "X-Want-Viewer")
# fmt: off
_COLUMNS = (
    "app_name", "app_kind", "app_scopes", "key_id", "key_last_used_at",
    "session_id", "session_auth_hash", "session_last_seen_at",
    "person_id", "person_email", "person_name", "person_language", "person_password",
    "tenant_id", "tenant_slug", "tenant_name", "tenant_country", "tenant_currency",
    "tenant_time_zone", "tenant_language", "tenant_state", "member_id", "member_role", "tenants",
    "requests_per_minute",
)
# fmt: on
_IDENTIFY = f"SELECT {', '.join(_COLUMNS)} FROM identify_caller(%s, %s, %s, %s, %s)"  # noqa: S608 - the names above


class PortalOnlyHeader(Forbidden):
    code = "portal-only-header"
    title = "Only the portal may send this header"


def _look_up(values: list[Any]) -> dict[str, Any] | None:
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute(_IDENTIFY, values)
        row = cursor.fetchone()
    return dict(zip(_COLUMNS, row, strict=True)) if row else None


def _look_up_on_a_live_connection(values: list[Any]) -> dict[str, Any] | None:
    """The first statement of a request notices a restarted database; it only reads, so once more.

    This spares the round trip that a health check before every request would cost.
    """
    try:
        return _look_up(values)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return _look_up(values)


def identify(request: HttpRequest) -> Caller:
    """The caller of `request`: its app, and behind the portal the person and the chosen tenant.

    Raises AppCredentialsInvalid (401, with no reason) or PortalOnlyHeader (403). A session that is
    missing, over, or was begun with another password leaves `person` empty; a tenant that the
    person is no member of leaves `tenant` empty.
    """
    headers = request.headers
    bearer = _BEARER.fullmatch(headers.get("Authorization", ""))
    try:
        app_id = UUID(headers.get("X-App-ID", ""))
    except ValueError:
        raise AppCredentialsInvalid from None
    if not bearer:
        raise AppCredentialsInvalid
    token = headers.get("X-Session-Token", "")[:_LONGEST_TOKEN]
    slug = headers.get("X-Tenant", "")
    found = _look_up_on_a_live_connection(
        [
            app_id,
            key_digest(bearer[1]),
            session_digest(token) if token else None,
            slug.replace("\x00", "") or None,
            bool(headers.get("X-Want-Viewer")),
        ]
    )
    if found is None:
        raise AppCredentialsInvalid
    is_portal = found["app_kind"] == Kind.PORTAL
    if not is_portal and any(name in headers for name in _PORTAL_HEADERS):
        raise PortalOnlyHeader
    caller = _caller(app_id, found, is_portal, address_of(request, is_portal=is_portal))
    _note_use(found, caller)
    return caller


def _caller(app_id: UUID, found: dict[str, Any], is_portal: bool, address: str) -> Caller:
    person = tenant = role = None
    abilities: frozenset[str] = frozenset()
    if found["person_id"] and found["session_auth_hash"] == expected_auth_hash(
        found["person_password"]
    ):
        person = PersonRef(
            id=found["person_id"],
            email=found["person_email"],
            name=found["person_name"],
            language=found["person_language"],
        )
        role = found["member_role"]
        abilities = ROLE_ABILITIES[role] if role else abilities
    elif not is_portal:
        # Also of an app that was given something before it was found to be too much.
        abilities = APP_SCOPES.intersection(found["app_scopes"])
    if found["tenant_state"]:
        abilities &= STATE_ABILITIES[found["tenant_state"]]
    if found["tenant_id"] and (role or not is_portal):
        tenant = TenantRef(
            id=found["tenant_id"],
            slug=found["tenant_slug"],
            name=found["tenant_name"],
            country=found["tenant_country"],
            currency=found["tenant_currency"],
            time_zone=found["tenant_time_zone"],
            language=found["tenant_language"],
            state=found["tenant_state"],
        )
    return Caller(
        app_id=app_id,
        app_name=found["app_name"],
        is_portal=is_portal,
        address=address,
        tenant=tenant,
        person=person,
        member_id=found["member_id"] if person else None,
        role=role,
        session_id=found["session_id"] if person else None,
        abilities=abilities,
        tenants=tuple(found["tenants"] or ()) if person else (),
        requests_per_minute=found["requests_per_minute"],
    )


def _note_use(found: dict[str, Any], caller: Caller) -> None:
    """Last use and sliding expiry, a few minutes coarse: to spare an UPDATE on every request.

    Only a session that still opens something slides.
    """
    now = timezone.now()
    last_used = found["key_last_used_at"]
    if last_used is None or now - last_used > LAST_USE_PRECISION:
        with owner_scope():
            AppKey.objects.filter(pk=found["key_id"]).update(last_used_at=now)
    if caller.session_id and now - found["session_last_seen_at"] > TOUCH_AFTER:
        touch_session(caller.session_id, address=caller.address)


class CallerAuthentication(BaseAuthentication):
    """DRF's hook: `request.auth` is the :class:`Caller`, `request.user` the person, if any."""

    def authenticate(self, request: Request) -> tuple[PersonRef | None, Caller]:
        caller = identify(request._request)  # noqa: SLF001 - DRF has no public name for it
        return caller.person, caller

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
