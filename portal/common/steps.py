"""The page for each step that a session may wait for."""

from __future__ import annotations

from portal.api_client.errors import StepNeeded

# By allauth's names; the first that fits.
PAGES = (
    ("verify_email", "account:verify"),
    ("mfa_authenticate", "account:two-factor"),
    ("password_reset_by_code", "account:reset-confirm"),
    ("reauthenticate", "account:confirm"),
)


def page_of(needed: StepNeeded) -> str:
    """The name of the page where the visitor takes the step; signing in when there is none."""
    return next((page for step, page in PAGES if step in needed.steps), "account:sign-in")
