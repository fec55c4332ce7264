from __future__ import annotations

import json

import pytest
from urllib3 import HTTPHeaderDict

from portal.api_client import errors, paths
from portal.api_client.replies import error_from
from portal.api_client.transport import Reply


def refused(status: int, body: object = None, **headers: str) -> errors.PlatformError:
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    reply = Reply(status=status, headers=HTTPHeaderDict(headers), body=content)
    return error_from(reply, paths.GET_ME)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid", errors.Invalid),
        (400, "malformed-json", errors.Unexpected),
        (401, "not-signed-in", errors.NotSignedIn),
        (401, "session-expired", errors.NotSignedIn),
        (401, "authentication-pending", errors.StepNeeded),
        (401, "app-credentials-invalid", errors.Unexpected),
        (403, "forbidden", errors.Forbidden),
        (404, "customer-not-found", errors.Missing),
        (405, "method-not-allowed", errors.Unexpected),
        (409, "idempotency-conflict", errors.Conflict),
        (410, "customer-merged", errors.Missing),
        (412, "precondition-failed", errors.PreconditionFailed),
        (413, "payload-too-large", errors.TooLarge),
        (428, "precondition-required", errors.Unexpected),
        (429, "rate-limited", errors.RateLimited),
        (500, "internal-error", errors.Unexpected),
        (302, "", errors.Unexpected),
        (503, "", errors.Unreachable),
    ],
)
def test_each_refusal_has_its_name(status, code, kind):
    error = refused(status, {"code": code, "title": "No", "detail": "Because", "request_id": "r"})

    assert type(error) is kind
    assert (error.problem.code, error.problem.detail) == (code, "Because")


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"", b"[1]", b'{"errors":[1]}'])
def test_a_proxys_own_words_still_have_a_status(body):
    error = refused(503, body)

    assert type(error) is errors.Unreachable
    assert error.problem.status == 503


def test_what_is_wrong_with_the_input_comes_field_by_field():
    error = refused(
        400,
        {
            "code": "invalid",
            "errors": [
                {"field": "email", "code": "invalid", "detail": "Enter an address."},
                {"field": None, "code": "unknown", "detail": "What?"},
            ],
        },
    )

    assert error.errors == (
        ("email", "invalid", "Enter an address."),
        ("", "unknown", "What?"),
    )


def test_members_beyond_the_standard_are_kept():
    error = refused(410, {"code": "customer-merged", "merged_into": "abc", "status": 410})

    assert error.problem.extensions == {"merged_into": "abc"}


@pytest.mark.parametrize(("header", "seconds"), [("17", 17), ("soon", None), ("-1", None)])
def test_when_to_come_back(header, seconds):
    assert refused(429, {}, **{"Retry-After": header}).retry_after == seconds


@pytest.mark.parametrize(
    ("flows", "steps"),
    [
        ([{"id": "login"}, {"id": "verify_email", "is_pending": True}], {"verify_email"}),
        ([{"id": "reauthenticate"}, {"id": "mfa_reauthenticate"}], {"reauthenticate"}),
        ([{"id": "password_reset_by_code", "is_pending": False}], set()),
    ],
)
def test_what_a_session_waits_for(flows, steps):
    error = refused(401, {"code": "authentication-pending", "flows": flows})

    assert isinstance(error, errors.StepNeeded)
    assert error.steps == steps
