from __future__ import annotations

import time

import pytest

from portal.api_client import calls, errors
from portal.api_client.tests.servers import BUSY, SLEEP, closed_port, serving
from portal.api_client.transport import HttpTransport

PAGES = [
    "/t/",
    "/t/aurora/",
    "/t/aurora/customers/",
    "/t/aurora/customers/01993d00-0000-7000-8000-000000000001/",
    "/account/",
    "/account/security/",
    "/account/security/two-factor/",
    "/account/security/recovery-codes/",
    "/account/security/password/",
    "/account/confirm/",
]


def calm(response, status: int, title: str) -> None:
    """A designed page, with nothing of the machinery and nothing that looks like an empty list."""
    page = response.content.decode()
    assert response.status_code == status
    assert f'<h1 class="error__title">{title}</h1>' in page
    assert response.headers["X-Request-ID"] in page
    assert "Traceback" not in page
    assert "<table" not in page


@pytest.mark.parametrize("page", PAGES)
def test_a_platform_that_is_gone_is_a_calm_page_at_once(owner, monkeypatch, page):
    wire = HttpTransport(base_url=closed_port(), connect_timeout=2, read_timeout=5)
    monkeypatch.setattr(calls, "transport", lambda: wire)
    began = time.monotonic()

    response = owner.get(page)

    assert time.monotonic() - began < 4
    calm(response, 503, "We’ll be right back")
    assert response.headers["Retry-After"] == "30"
    assert "sid" not in response.cookies, "the session lives on"


@pytest.mark.parametrize("answer", [SLEEP, BUSY])
def test_a_platform_in_trouble_is_one_within_the_timeout(owner, monkeypatch, answer):
    with serving(answer) as server:
        wire = HttpTransport(base_url=server.address, connect_timeout=0.3, read_timeout=0.3)
        monkeypatch.setattr(calls, "transport", lambda: wire)
        began = time.monotonic()
        response = owner.get("/account/security/")

    assert time.monotonic() - began < 5
    calm(response, 503, "We’ll be right back")


def test_it_recovers_by_itself(owner, platform):
    platform.fails("GET me/", errors.Unreachable())
    assert owner.get("/account/").status_code == 503
    platform.answers("me-retrieve")
    platform.answer("GET me/", response=_me())

    assert owner.get("/account/").status_code == 200


def _me():
    from portal.api_client.tests.fake_platform import response_of

    return response_of("me-retrieve")


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (errors.Forbidden(), 403, "This isn’t yours to open"),
        (errors.Missing(), 404, "There’s nothing at this address"),
        (errors.Conflict(), 409, "That isn’t possible any more"),
        (errors.PreconditionFailed(), 412, "Somebody was faster"),
        (errors.TooLarge(), 413, "That’s too much at once"),
        (errors.RateLimited(retry_after=7), 429, "A little too fast"),
        (errors.Invalid(), 400, "That didn’t arrive in one piece"),
        (errors.Unexpected(), 502, "Something went wrong on our side"),
        (errors.Unreachable(), 503, "We’ll be right back"),
    ],
)
def test_each_error_has_its_page(owner, platform, error, status, title):
    platform.fails("GET me/", error)

    calm(owner.get("/account/"), status, title)


def test_every_error_of_the_client_is_mapped():
    from portal.common.middleware.platform_errors import STATUS

    redirected = {errors.NotSignedIn, errors.StepNeeded}
    assert set(STATUS) == set(errors.PlatformError.__subclasses__()) - redirected


def test_it_says_when_to_come_back(owner, platform):
    platform.fails("GET me/", errors.RateLimited(retry_after=7))

    response = owner.get("/account/")

    assert response.headers["Retry-After"] == "7"
    assert "7 seconds" in response.content.decode()


def test_a_long_wait_is_told_in_minutes(owner, platform):
    platform.fails("GET me/", errors.RateLimited(retry_after=241))

    assert "wait 5 minutes" in owner.get("/account/").content.decode()


def test_a_reply_of_another_shape_is_no_empty_page(owner, platform):
    platform.answer("GET me/", response={"person": None})

    calm(owner.get("/account/"), 502, "Something went wrong on our side")


def test_a_tenant_of_others_is_not_there(waiter, platform):
    response = waiter.get("/t/aurora/")

    assert response.status_code == 404
    assert "Trattoria Aurora" not in response.content.decode()
    assert platform.calls[0].headers["X-Tenant"] == "aurora"


def test_who_isnt_signed_in_comes_back_after(visitor):
    response = visitor.get("/t/aurora/?a=1&b=2")

    assert response.headers["Location"] == "/sign-in/?next=%2Ft%2Faurora%2F%3Fa%3D1%26b%3D2"


def test_who_sent_a_form_comes_back_to_its_page(visitor):
    path = "/account/security/sessions/01993c10-0000-7000-8000-000000000002/end/"

    own = visitor.post(path, headers={"Referer": "http://testserver/account/security/?x=1"})
    foreign = visitor.post(path, headers={"Referer": "http://evil.example/account/"})

    assert own.headers["Location"] == "/sign-in/?next=%2Faccount%2Fsecurity%2F"
    assert foreign.headers["Location"] == "/sign-in/?next=%2F"
    broken = visitor.post(path, headers={"Referer": "http://[", "Sec-Fetch-Site": "same-origin"})
    assert broken.headers["Location"] == "/sign-in/?next=%2F"


def test_a_refused_form_leads_back_to_its_page(owner, platform):
    platform.fails("DELETE me/sessions/", errors.Conflict())
    path = "/account/security/sessions/others/end/"

    own = owner.post(path, headers={"Referer": "http://testserver/account/security/"})
    foreign = owner.post(path, headers={"Referer": "http://evil.example/account/"})

    assert 'href="/account/security/"' in own.content.decode()
    assert "evil.example" not in foreign.content.decode()
    assert "Back to the start" in foreign.content.decode()


def test_the_portals_own_refused_credentials_sign_nobody_out(owner, platform):
    platform.answer("GET me/", status=401, response={"code": "app-credentials-invalid"})

    response = owner.get("/account/")

    calm(response, 502, "Something went wrong on our side")
    assert "sid" not in response.cookies


def test_a_session_that_waits_for_a_step_is_led_to_it(owner, platform):
    platform.answer(
        "GET me/",
        status=401,
        response={
            "code": "authentication-pending",
            "flows": [{"id": "mfa_authenticate", "is_pending": True}],
        },
    )

    response = owner.get("/account/")

    assert response.headers["Location"] == "/sign-in/two-factor/?next=%2Faccount%2F"
    assert "sid" not in response.cookies


@pytest.mark.parametrize("language", ["en", "de"])
def test_error_pages_speak_the_visitors_language(visitor, language):
    page = visitor.get("/nowhere/", headers={"Accept-Language": language}).content.decode()

    assert f'<html lang="{language}"' in page
