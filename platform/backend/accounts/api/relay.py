"""How a request reaches one of allauth's flows, and how the answer comes back."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from allauth.core.exceptions import ImmediateHttpResponse
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from backend.accounts import attempts
from backend.accounts.api.replies import error_codes, problem_of
from backend.accounts.api.schema import AuthSchema
from backend.accounts.api.serializers import Nothing
from backend.accounts.attempts import Attempt, Limit
from backend.accounts.records import record_wrong_guess
from backend.accounts.sessions import SessionStore
from backend.audit.recording import record_for_person
from backend.common.actor import Actor
from backend.common.api import ApiView, StrictSerializer
from backend.common.problems import PayloadTooLarge

MOST_BYTES = 16_384


class AuthView(ApiView):
    """One endpoint over one allauth view.

    Differs from other endpoints in three ways. Only the portal gets here. A refusal commits too,
    for a wrong code must stay counted in the session. And an `Idempotency-Key` is not honoured: a
    stored reply would be a stored token.
    """

    schema = AuthSchema()
    tenant_required = False
    portal_only = True
    http_method_names = ["get", "post", "delete"]
    rate_class = dict.fromkeys(("GET", "POST", "DELETE"), "auth")

    step: ClassVar[type[Any]]
    takes: ClassVar[Mapping[str, type[StrictSerializer]]] = {}
    limits: ClassVar[tuple[Limit, ...]] = ()
    # By method: what the trail is told when the step is taken by somebody signed in.
    records: ClassVar[Mapping[str, str]] = {}
    # What a wrong guess is at, for the trail, and whom it is about; nothing: no guess.
    guess: ClassVar[str] = ""

    def _answer(self, request: Request) -> HttpResponse:
        caller = self._identify(request)
        method = (request.method or "").lower()
        self._count(caller, method.upper())
        if method not in self.http_method_names or not hasattr(self, method):
            self.http_method_not_allowed(request)
        self._check_reach(caller)
        if len(request.body) > MOST_BYTES:
            raise PayloadTooLarge
        return self._finish(getattr(self, method)(request))

    def relay(self, request: Request) -> HttpResponse:
        """Check the input's shape, count the attempt, and let allauth decide."""
        shape = self.takes.get(request.method or "", Nothing)(data=request.data)
        shape.is_valid(raise_exception=True)
        http = request._request  # noqa: SLF001 - allauth takes Django's request
        session = SessionStore(request.headers.get("X-Session-Token"))
        attempt = Attempt(self.caller, shape.validated_data, session)
        taken = attempts.take(self.limits, attempt) if request.method == "POST" else []
        # What the steps and the adapters below allauth's views need to know.
        http.visitor_address = self.caller.address  # type: ignore[attr-defined]
        http.shaped = dict(shape.validated_data)  # type: ignore[attr-defined]
        with transaction.atomic():
            response = self._take_step(http)
            self._record(request.method or "", response)
        codes = error_codes(response)
        attempts.settle(taken, codes)
        if self.guess and codes and codes & attempts.WRONG_GUESSES:
            record_wrong_guess(
                attempts.whose_door(attempt),
                address=self.caller.address,
                surface="portal",
                step=self.guess,
            )
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            raise problem_of(response)
        return response

    def _record(self, method: str, response: HttpResponse) -> None:
        person = self.caller.person
        if person and method in self.records and response.status_code < HTTPStatus.BAD_REQUEST:
            record_for_person(self.records[method], person.id, by=Actor.of(self.caller))

    def _take_step(self, http: HttpRequest) -> HttpResponse:
        try:
            return self.step.as_api_view(client="app")(http)
        except ImmediateHttpResponse as answer:
            return answer.response
