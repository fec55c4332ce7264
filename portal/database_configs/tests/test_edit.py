from __future__ import annotations

import msgspec
import pytest

from portal.database_configs.tests.cast import GET, PAGE, TILL, UPDATE, config, invalid
from portal.ui.tests.pages import read

EDIT = f"{PAGE}edit/"


def form_of(owner):
    return read(owner.get(EDIT)).forms[""]


def sent(platform):
    (call,) = platform.asked(UPDATE)
    return msgspec.json.decode(call.body)


def test_it_shows_what_is_there_but_for_the_password(owner, platform):
    form = form_of(owner)

    assert (form["name"], form["port"], form["user"]) == ("Till system", "5432", "tavola")
    assert form["secret"] == ""
    assert form["etag"] == '"1"'
    assert platform.operations == [GET]


def test_an_empty_password_stays_as_it_is(owner, platform):
    response = owner.post(EDIT, {**form_of(owner), "tls_mode": "verify-full", "user": "tavola2"})

    assert response.headers["Location"] == f"{PAGE}?notice=database-saved"
    assert sent(platform) == {"user": "tavola2"}
    (call,) = platform.asked(UPDATE)
    assert call.headers["If-Match"] == '"1"'
    assert call.url.endswith(f"/database-configs/{TILL}/")


def test_a_new_password_is_a_change(owner, platform):
    owner.post(EDIT, {**form_of(owner), "tls_mode": "verify-full", "secret": " new one "})

    assert sent(platform) == {"secret": " new one "}


def test_saving_without_a_change_goes_back_without_a_call(owner, platform):
    form = form_of(owner)
    platform.calls.clear()

    response = owner.post(EDIT, {**form, "tls_mode": "verify-full"})

    assert response.headers["Location"] == PAGE
    assert platform.calls == []


def test_another_host_needs_the_password_again(owner, platform):
    platform.answers("database-config-update-moved")

    moved = {"tls_mode": "verify-full", "host": "db2.trattoria-aurora.example"}
    response = owner.post(EDIT, {**form_of(owner), **moved})

    assert response.status_code == 422
    assert "please enter the password again" in read(response).text


def overtaken(owner, platform, mine, **now):
    form = form_of(owner)
    platform.answers("database-config-update-stale")
    platform.answer(GET, headers={"ETag": '"2"'}, response=config(version=2, **now))
    return owner.post(EDIT, {**form, "tls_mode": "verify-full", **mine})


def test_when_somebody_was_faster_both_versions_are_shown(owner, platform):
    response = overtaken(owner, platform, {"user": "mine", "tls_mode": "require"}, user="theirs")

    page = read(response)
    assert response.status_code == 409
    assert "User theirs mine" in page.text
    encryption = "Encrypted, certificate and host name verified Encrypted, nothing verified"
    assert f"Encryption {encryption}" in page.text
    assert page.forms[""]["etag"] == '"2"'
    assert page.forms[""]["user"] == "mine"


def test_then_a_password_has_to_be_typed_again(owner, platform):
    response = overtaken(owner, platform, {"secret": "my-own-secret"}, user="theirs")

    assert response.status_code == 409
    assert "Please enter the password again" in read(response).text
    assert "my-own-secret" not in response.content.decode()


def test_changes_that_dont_touch_each_other_are_said_to_go_together(owner, platform):
    response = overtaken(owner, platform, {"user": "mine"}, user="mine", port=6432)

    assert "Your changes go together" in read(response).text
    assert "Please enter the password again" not in read(response).text


def test_what_the_platform_refuses_stays_on_its_field(owner, platform):
    form = form_of(owner)
    platform.answer(UPDATE, status=400, response=invalid(("name", "unique")))

    response = owner.post(EDIT, {**form, "tls_mode": "verify-full", "name": "Bookkeeping"})

    assert response.status_code == 422
    assert "You have a database of this name already." in read(response).text


def test_who_may_not_isnt_shown_the_form(owner, platform):
    platform.answer(GET, response=config(can=["delete"]))

    assert owner.get(EDIT).status_code == 403


@pytest.mark.usefixtures("read_only")
def test_while_read_only_there_is_nothing_to_send(owner, platform):
    assert "" not in read(owner.get(EDIT)).forms
