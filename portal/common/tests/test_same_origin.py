from __future__ import annotations

import pytest
from django.test import Client

CREDENTIALS = {"email": "owner@aurora.test", "password": "tavola-demo"}
HERE = "http://testserver"
EVIL = "https://evil.example"


def sign_in(headers: dict[str, str], method: str = "post"):
    return getattr(Client(headers=headers), method)("/sign-in/", CREDENTIALS)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": HERE},
        # By hand: from the address bar, or a restored tab.
        {"Sec-Fetch-Site": "none"},
        # Plain http, where browsers send no fetch metadata.
        {"Origin": HERE},
    ],
)
def test_our_own_pages_may_write(platform, headers):
    assert sign_in(headers).status_code == 303
    assert platform.operations == ["POST auth/login/"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": EVIL},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://evil.example/testserver"},
        {"Origin": "http://testserver:8001"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "made-up"},
        # What the browser says of the site outweighs an Origin that happens to fit.
        {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
        {"Referer": f"{HERE}/sign-in/"},
    ],
)
def test_nobody_else_may_not_even_to_sign_in(platform, headers):
    response = sign_in(headers)

    assert response.status_code == 403
    assert "That didn’t come from here" in response.content.decode()
    assert platform.calls == []
    assert "sid" not in response.cookies


def test_an_origin_that_is_trusted_by_setting_may(platform, settings):
    settings.TRUSTED_ORIGINS = [EVIL]

    assert sign_in({"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}).status_code == 303


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_every_unsafe_method_is_looked_at(owner, platform, method):
    response = Client(headers={"Sec-Fetch-Site": "cross-site"}).generic(method.upper(), "/account/")

    assert response.status_code == 403
    assert platform.calls == []


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_is_free(method):
    response = getattr(Client(headers={"Sec-Fetch-Site": "cross-site"}), method)("/sign-in/")

    assert response.status_code == 200
