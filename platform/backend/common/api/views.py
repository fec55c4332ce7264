"""The base of every endpoint: one request is one transaction inside one tenant."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, ExitStack
from typing import Any, ClassVar, Final, cast
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import get_language_from_request
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.common import rate_limits
from backend.common.abilities import STATE_ABILITIES
from backend.common.actor import Actor
from backend.common.addresses import neighbourhood
from backend.common.caller import Caller, TenantRef
from backend.common.idempotency import Claim, StoredReply
from backend.common.problems import (
    Forbidden,
    NotSignedIn,
    PayloadTooLarge,
    StateForbids,
    TenantNotFound,
)
from backend.common.rate_classes import RateClass
from backend.common.rate_limits import RateState
from backend.common.tenancy import tenant_scope
from backend.common.tenancy_guard import refuse_unscoped

SAFE = ("GET", "HEAD", "OPTIONS")
OF_EVERY_REPLY: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class ApiView(APIView):
    """Authenticates, counts, enters the tenant, checks the ability, handles, renders, commits.

    Round trips to PostgreSQL before the handler's own: who calls (1), the rate (1), BEGIN (1) and
    the tenant (1); one more where an `Idempotency-Key` is claimed. The reply is rendered before the
    transaction ends, so that a lazy query in it runs as the tenant role too. Errors are raised,
    which rolls back; a handler never returns one.

    Subclasses map methods to abilities. A view with ``tenant_required = False`` runs as the owner,
    for a person without a tenant (``person_required``) or for the app alone (the portal's, if
    ``portal_only``).
    """

    abilities: ClassVar[dict[str, str]] = {}
    rate_class: ClassVar[dict[str, str]] = {}
    tenant_required: ClassVar[bool] = True
    person_required: ClassVar[bool] = False
    portal_only: ClassVar[bool] = False
    # Who calls: known to every handler.
    caller: Caller

    @property
    def tenant(self) -> TenantRef:
        """Where: known to every handler of a view with `tenant_required`."""
        return cast("TenantRef", self.caller.tenant)

    @property
    def tenant_id(self) -> UUID:
        return self.tenant.id

    @property
    def actor(self) -> Actor:
        """In whose name: what records keep."""
        return Actor.of(self.caller)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.args, self.kwargs = args, kwargs
        self.headers: dict[str, str] = {}
        self.request = request = self.initialize_request(request, *args, **kwargs)
        request.accepted_renderer = renderer = self.renderer_classes[0]()
        request.accepted_media_type = renderer.media_type
        with ExitStack() as stack:
            stack.enter_context(translation.override(get_language_from_request(request)))
            if settings.TENANCY_GUARD:
                stack.enter_context(connection.execute_wrapper(refuse_unscoped))
            try:
                response = self._answer(request)
            except Exception as exc:  # noqa: BLE001 - faults are raised again by the handler
                response = self._finish(self.handle_exception(exc))
        return response

    def _answer(self, request: Request) -> HttpResponse:
        method = request.method or ""
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise PayloadTooLarge
        known = method.lower() in self.http_method_names
        handler = getattr(self, method.lower(), None) if known else None
        caller = self._identify(request)
        self._count(caller, method)
        if handler is None:
            self.http_method_not_allowed(request)
        self._check_reach(caller)
        # Before a stored reply is looked for, which those who may no longer see it don't get.
        if caller.tenant and self.tenant_required:
            self._check_ability(caller, method)
        if method in SAFE:
            return self._handle(handler, request, caller)
        # It arrives as slowly as the client likes, and must not keep a transaction open.
        request.body  # noqa: B018 - reads it
        if key := request.headers.get("Idempotency-Key"):
            return self._answer_once(handler, request, caller, key)
        return self._handle(handler, request, caller)

    def _answer_once(
        self, handler: Any, request: Request, caller: Caller, key: str
    ) -> HttpResponse:
        with transaction.atomic():
            claim = Claim(request, caller, key)
            if stored := claim.take():
                return self._replay(stored)
            response = self._handle(handler, request, caller)
            claim.store(response)
        return response

    def _identify(self, request: Request) -> Caller:
        self.caller = caller = cast("Caller", request.auth)
        structlog.contextvars.bind_contextvars(
            app=str(caller.app_id), tenant=caller.tenant.slug if caller.tenant else None
        )
        viewer = caller.viewer() if request.headers.get("X-Want-Viewer") else None
        if viewer:
            self.headers["X-Viewer"] = _ascii_json(viewer)
        return caller

    def _count(self, caller: Caller, method: str) -> None:
        name = self.rate_class.get(method, "read" if method in SAFE else "write")
        # Without a tenant the portal's visitors must not share one bucket.
        whose = caller.tenant_id or (
            caller.person.id if caller.person else neighbourhood(caller.address)
        )
        rates = {f"{name}:{caller.app_id}:{whose}": settings.RATE_CLASSES[name]}
        if caller.requests_per_minute is not None:
            # What the tenant's plan includes, for all its apps together.
            rates[f"plan:{whose}"] = RateClass(caller.requests_per_minute, period=60)
        state: RateState = rate_limits.require_all(rates)
        self.headers.update(state.headers())

    def _check_reach(self, caller: Caller) -> None:
        if self.portal_only and not caller.is_portal:
            raise Forbidden
        if (self.tenant_required or self.person_required) and caller.is_portal:
            if caller.person is None:
                raise NotSignedIn
            if self.tenant_required and caller.tenant is None:
                raise TenantNotFound
        elif self.person_required and caller.person is None:
            raise Forbidden("Only a signed-in person can do this.")

    def _handle(self, handler: Any, request: Request, caller: Caller) -> HttpResponse:
        if caller.tenant and self.tenant_required:
            scope: AbstractContextManager[None] = tenant_scope(
                caller.tenant.id, statement_seconds=settings.REQUEST_STATEMENT_TIMEOUT
            )
        else:
            scope = transaction.atomic()
        with scope:
            return self._finish(handler(request, *self.args, **self.kwargs))

    def _check_ability(self, caller: Caller, method: str) -> None:
        if method == "OPTIONS":
            return
        ability = self.abilities["GET" if method == "HEAD" else method]
        if caller.can(ability):
            return
        state = self.tenant.state
        if ability not in STATE_ABILITIES[state]:
            raise StateForbids(ability=ability, state=state)
        raise Forbidden(ability=ability)

    def _finish(self, response: Any) -> HttpResponse:
        """Renders now, inside the transaction; Django would render after it."""
        response = self.finalize_response(self.request, response, *self.args, **self.kwargs)
        if isinstance(response, Response):
            for name, value in OF_EVERY_REPLY.items():
                response[name] = value
            response.render()
        return response

    def _replay(self, stored: StoredReply) -> HttpResponse:
        response = HttpResponse(stored.body, status=stored.status, content_type="application/json")
        if not stored.body:
            del response["Content-Type"]
        for name, value in {**OF_EVERY_REPLY, **stored.headers, **self.headers}.items():
            response[name] = value
        response["Idempotency-Replayed"] = "true"
        return response


def _ascii_json(value: Any) -> str:
    """JSON that fits into a header: everything but visible ASCII and spaces escaped."""
    return json.dumps(value, separators=(",", ":")).replace("\x7f", "\\u007f")
