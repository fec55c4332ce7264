"""allauth's answers as ours: every one that is not a success becomes a problem."""

from __future__ import annotations

import json
from collections import defaultdict
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError

from backend.accounts.errors import (
    AuthenticationPending,
    AuthenticatorNotFound,
    SessionExpired,
    StepNotOpen,
)
from backend.common.problems import Forbidden, NotSignedIn


def problem_of(response: HttpResponse) -> APIException:
    """Return the problem that an allauth response of 400 or more stands for."""
    body = json.loads(response.content)
    match response.status_code:
        case HTTPStatus.BAD_REQUEST:
            return _invalid(body["errors"])
        case HTTPStatus.UNAUTHORIZED:
            return _unauthorized(body)
        case HTTPStatus.FORBIDDEN:
            return Forbidden()
        case HTTPStatus.NOT_FOUND:
            return AuthenticatorNotFound(**body.get("meta", {}))
        case HTTPStatus.GONE:
            return SessionExpired()
        case HTTPStatus.CONFLICT | HTTPStatus.INTERNAL_SERVER_ERROR:
            # allauth's 500: the address was confirmed by somebody else at this very moment.
            return StepNotOpen(" ".join(error["message"] for error in body.get("errors", ())))
    raise AssertionError(f"allauth answered {response.status_code}")


def error_codes(response: HttpResponse) -> frozenset[str] | None:
    """Return the codes of what was refused; None when the input was accepted."""
    if response.status_code in (HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.UNAUTHORIZED):
        return None
    errors = json.loads(response.content).get("errors", ())
    return frozenset(error["code"] for error in errors)


def _invalid(errors: list[dict[str, str]]) -> ValidationError:
    fields: dict[str, list[ErrorDetail]] = defaultdict(list)
    for error in errors:
        name = error.get("param", "non_field_errors")
        fields[name].append(ErrorDetail(error["message"], error["code"]))
    return ValidationError(fields)


def _unauthorized(body: dict[str, Any]) -> APIException:
    flows, meta = body["data"]["flows"], body["meta"]
    token = {"session_token": meta["session_token"]} if "session_token" in meta else {}
    if meta["is_authenticated"] or any(flow.get("is_pending") for flow in flows):
        return AuthenticationPending(flows=flows, **token)
    return NotSignedIn()
