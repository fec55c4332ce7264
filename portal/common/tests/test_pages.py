"""Headers, refusals and ids that every page has."""

from __future__ import annotations

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_the_policy_lets_in_only_our_own(visitor):
    policy = visitor.get("/sign-in/").headers["Content-Security-Policy"]

    directives = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.parametrize("page", ["/sign-in/", "/nowhere/", "/health/live"])
def test_headers_that_guard_every_page(visitor, page):
    headers = visitor.get(page, secure=True).headers

    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_plain_http_is_led_to_https_but_not_the_health_checks(visitor, settings):
    with override_settings(SECURE_SSL_REDIRECT=True):
        client = Client()
        assert client.get("/sign-in/").headers["Location"] == "https://testserver/sign-in/"
        assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize(
    ("secure", "setting", "expected"),
    [(False, True, True), (False, False, ""), (True, False, True)],
)
def test_the_cookie_is_secure_but_for_development_on_http(
    visitor, settings, secure, setting, expected
):
    settings.SID_COOKIE_SECURE = setting

    response = visitor.post("/sign-in/", {"email": "a@b.test", "password": "x"}, secure=secure)

    assert response.cookies["sid"]["secure"] == expected


# As on the wire, where control characters come escaped; Python's own cookies refuse to hold them.
@pytest.mark.parametrize("token", ['"a b"', '"\\344"', "x" * 513, '"a\\000b"'])
def test_a_cookie_that_cant_be_a_token_is_dropped(visitor, platform, token):
    visitor.get("/account/", HTTP_COOKIE=f"sid={token}")

    assert platform.calls == []


def test_the_requests_id_goes_to_the_platform_and_back(owner, platform):
    response = owner.get(
        "/account/", headers={"X-Request-ID": "edge-0123456789", "traceparent": TRACE}
    )

    assert response.headers["X-Request-ID"] == "edge-0123456789"
    (call,) = platform.calls
    assert call.headers["X-Request-ID"] == "edge-0123456789"
    assert call.headers["traceparent"] == TRACE


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space", "<script>", "a\nb"])
def test_an_id_that_isnt_one_is_replaced(owner, platform, given):
    response = owner.get("/account/", headers={"X-Request-ID": given, "traceparent": given})

    (call,) = platform.calls
    assert response.headers["X-Request-ID"] == call.headers["X-Request-ID"] != given
    assert len(call.headers["X-Request-ID"]) == 32
    assert "traceparent" not in call.headers


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "127.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (1, "", None),
        (1, "not-an-address", None),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_visitors_address_is_believed_as_far_as_the_proxies_are(
    owner, platform, settings, proxies, forwarded, address
):
    settings.TRUSTED_PROXIES = proxies

    owner.get("/account/", headers={"X-Forwarded-For": forwarded})

    assert platform.calls[0].headers.get("X-Forwarded-For") == address


def test_a_page_logs_one_line_without_anything_personal(owner, caplog, platform):
    with caplog.at_level(logging.INFO):
        response = owner.get(
            "/t/aurora/customers/?q=anna.weber@example.com", headers={"User-Agent": "Firefox"}
        )

    (line,) = [record for record in caplog.records if record.name == "portal.access"]
    logged = line.msg
    assert logged["route"].endswith("customers/")
    assert logged["tenant"] == "aurora"
    assert logged["request_id"] == response.headers["X-Request-ID"]
    assert logged["status"] == 200
    everything = json.dumps([str(record.msg) for record in caplog.records])
    for personal in ("anna", "127.0.0.1", "Firefox", "session-of-giulia", "Giulia"):
        assert personal not in everything


def test_nothing_of_one_request_is_in_the_lines_of_the_next(owner, visitor, caplog):
    with caplog.at_level(logging.INFO):
        owner.get("/t/aurora/")
        visitor.get("/sign-in/")

    first, second = [r.msg for r in caplog.records if r.name == "portal.access"]
    assert first["tenant"] == "aurora"
    assert "tenant" not in second
    assert first["request_id"] != second["request_id"]


def test_a_mistake_of_ours_is_a_calm_page_and_a_logged_one(owner, platform, caplog):
    owner.raise_request_exception = False
    platform.fails("GET me/", ZeroDivisionError("division by zero"))

    response = owner.get("/account/")

    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()
    assert "division" not in response.content.decode()
    assert "ZeroDivisionError" in caplog.text


def test_an_unknown_host_is_refused(visitor):
    assert visitor.get("/sign-in/", headers={"Host": "evil.example"}).status_code == 400


def test_more_than_fits_is_refused_before_it_is_read(owner, platform, settings):
    settings.REQUEST_BODY_LIMIT = 1000

    response = owner.post("/account/", {"name": "x" * 1001})

    assert response.status_code == 413
    assert "That’s too much at once" in response.content.decode()
    assert platform.calls == []


@pytest.mark.parametrize("page", ["/sign-out/", "/sign-up/verify/resend/"])
def test_an_address_for_forms_only_says_so(owner, page):
    response = owner.get(page)

    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert "This isn’t a page to open" in response.content.decode()


def page_with_own_caching(request):
    return HttpResponse("x", headers={"Cache-Control": "max-age=60"})


urlpatterns = [path("cached/", page_with_own_caching)]


@override_settings(ROOT_URLCONF=__name__)
def test_a_page_may_say_otherwise_about_caching(visitor):
    assert visitor.get("/cached/").headers["Cache-Control"] == "max-age=60"


@pytest.mark.parametrize("charset", ["punycode", "idna", "utf-16"])
def test_a_form_is_utf_8_whatever_it_says(platform, visitor, charset):
    parts = (
        '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nzoë-b9@aurora.test\r\n'
        '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nsecret\r\n--x--\r\n'
    )
    response = visitor.generic(
        "POST",
        "/sign-in/",
        parts.encode(),
        content_type=f"multipart/form-data; boundary=x; charset={charset}",
    )

    assert response.status_code == 422
    assert "zoë-b9@aurora.test" in response.content.decode()
