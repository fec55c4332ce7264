"""The problems of signing in."""

from __future__ import annotations

from backend.common.problems import Problem


class AuthenticationPending(Problem):
    """Carries `flows`, and a `session_token` when a new one was made.

    Either one flow `is_pending`, or the person is signed in and must confirm that it is still them,
    by one of the flows `reauthenticate` and `mfa_reauthenticate`.
    """

    status_code = 401
    code = "authentication-pending"
    title = "One more step is needed"


class SessionExpired(Problem):
    status_code = 401
    code = "session-expired"
    title = "The session is over"


class StepNotOpen(Problem):
    """The sign-in is at another step, the code is used up, or the thing is done already."""

    status_code = 409
    code = "step-not-open"
    title = "This step is not open now"


class AuthenticatorNotFound(Problem):
    """Carries `secret` and `totp_url` where a new authenticator app can be enrolled with them."""

    status_code = 404
    code = "authenticator-not-found"
    title = "This second factor is not set up"


class SessionNotFound(Problem):
    status_code = 404
    code = "session-not-found"
    title = "No such session among yours"
