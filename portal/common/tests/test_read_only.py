from __future__ import annotations

import pytest

FORMS = ["/sign-in/", "/sign-up/", "/password-reset/"]
SIGNED_IN_FORMS = [
    "/account/",
    "/account/security/",
    "/account/security/password/",
    "/account/security/two-factor/off/",
    "/account/security/recovery-codes/",
    "/account/confirm/",
    "/account/email/",
]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(owner, platform, read_only, method):
    response = getattr(owner, method)("/account/", {"name": "X", "language": "de"})

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert "read-only for the moment" in response.content.decode()
    assert platform.calls == []


@pytest.mark.parametrize("page", FORMS)
def test_pages_hide_their_forms(visitor, read_only, page):
    assert 'method="post"' not in visitor.get(page).content.decode()


@pytest.mark.parametrize("page", FORMS)
def test_who_isnt_signed_in_is_told_to_wait(visitor, read_only, page):
    text = visitor.get(page).content.decode()

    assert "have to wait" in text
    assert "you can look at everything" not in text


@pytest.mark.parametrize("page", SIGNED_IN_FORMS)
def test_signed_in_pages_hide_their_forms(owner, read_only, page):
    response = owner.get(page)

    assert response.status_code == 200
    assert 'method="post"' not in response.content.decode()


@pytest.mark.parametrize("page", FORMS)
def test_otherwise_they_have_one(visitor, page):
    assert 'method="post"' in visitor.get(page).content.decode()
