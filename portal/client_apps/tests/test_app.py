"""One app's page, and changing and revoking it."""

from __future__ import annotations

import re

import msgspec
import pytest

from portal.client_apps.tests.cast import (
    ENDED_KEY,
    HOSTILE,
    LIST,
    OLD_KEY,
    PAGE,
    TILL,
    ahead,
    key,
    till,
)
from portal.crm.tests.cast import invalid, problem
from portal.ui.tests.pages import read

GET = "GET client-apps/{id}/"
UPDATE = "PATCH client-apps/{id}/"
REVOKE = "DELETE client-apps/{id}/"
EDIT = f"{PAGE}edit/"


class TestDetail:
    def test_it_shows_all_of_the_app_in_one_call(self, owner, platform, settings):
        settings.PLATFORM_PUBLIC_URL = "https://platform.example"

        response = owner.get(PAGE)

        page = read(response)
        assert f'value="{TILL}" readonly' in response.content.decode()
        for shown in ("tvk_Xq7LmR…", "tvk_a8FzPd…", "tvk_0PwsKe…"):
            assert shown in page.text
        for label in ("See customers", "Add customers", "See the business’s details"):
            assert label in page.text
        assert "Bearer YOUR_KEY" in page.text
        assert page.links["API documentation"] == "https://platform.example/api/docs/"
        assert page.links["Edit"] == EDIT
        assert page.links["New key"] == f"{PAGE}new-key/"
        assert page.links["Revoke app"] == f"{PAGE}revoke/"
        assert platform.operations == [GET]

    def test_only_keys_that_work_can_be_revoked(self, owner, platform):
        platform.answer(GET, response=till(keys=[key(id=OLD_KEY), key(id=ENDED_KEY, usable=False)]))

        source = owner.get(PAGE).content.decode()

        assert f"keys/{OLD_KEY}/revoke/" in source
        assert f"keys/{ENDED_KEY}/revoke/" not in source

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({}, "Works"),
            ({"expires_at": ahead(days=15)}, "Works"),
            ({"expires_at": ahead(days=3)}, "Ends in 3 days"),
            ({"expires_at": "2026-01-01T00:00:00Z", "usable": False}, "Expired"),
            ({"revoked_at": "2026-01-01T00:00:00Z", "usable": False}, "Revoked"),
        ],
    )
    def test_it_says_how_each_key_is(self, owner, platform, changes, said):
        platform.answer(GET, response=till(keys=[key(**changes)]))

        assert f"… {said}" in read(owner.get(PAGE)).text

    def test_a_revoked_app_has_only_its_story(self, owner, platform):
        platform.answers("client-app-retrieve-revoked")

        page = read(owner.get(PAGE))

        assert "None of its keys has worked since" in page.text
        assert "20 Nov 2026, 19:00" in page.text
        assert not {"Edit", "New key", "Revoke app", "Revoke"} & set(page.links)
        assert "YOUR_KEY" not in page.text

    def test_who_may_only_look_finds_nothing_to_press(self, owner, platform):
        platform.answer(GET, response=till(can=[]))

        assert not {"Edit", "New key", "Revoke app", "Revoke"} & set(read(owner.get(PAGE)).links)

    def test_while_read_only_there_is_nothing_to_press(self, owner, platform, read_only):
        assert not {"Edit", "New key", "Revoke app", "Revoke"} & set(read(owner.get(PAGE)).links)

    def test_another_businesss_app_isnt_here(self, owner, platform):
        platform.answers("client-app-not-found")

        assert owner.get(PAGE).status_code == 404

    def test_a_hostile_name_is_only_text(self, owner, platform):
        platform.answer(GET, response=till(name=HOSTILE, keys=[key(shown=HOSTILE)]))

        assert "<script>alert" not in owner.get(PAGE).content.decode()


class TestEdit:
    def test_it_shows_what_the_app_may_do(self, owner, platform):
        source = owner.get(EDIT).content.decode()

        checked = re.findall(r'name="scopes" value="([^"]+)"[^>]*checked', source)
        assert set(checked) == set(till()["scopes"])
        assert platform.operations == [GET]

    def test_it_keeps_what_the_visitor_couldnt_give(self, owner, platform):
        """Otherwise a change of the name would take it away unseen."""
        platform.answer(
            GET, response=till(scopes=["audit.read", "tabs.close"], scopes_available=[])
        )

        source = owner.get(EDIT).content.decode()

        offered = re.findall(r'name="scopes" value="([^"]+)"[^>]*checked', source)
        assert offered == ["audit.read", "tabs.close"]

    def test_it_sends_both_and_goes_back_to_the_app(self, owner, platform):
        form = {"name": "Bar till", "scopes": ["customers.read"], "idempotency_key": "k-1"}

        response = owner.post(EDIT, form)

        assert response.headers["Location"] == f"{PAGE}?notice=app-saved"
        (call,) = platform.asked(UPDATE)
        assert msgspec.json.decode(call.body) == {"name": "Bar till", "scopes": ["customers.read"]}
        assert call.headers["Idempotency-Key"] == "k-1"
        assert platform.operations == [UPDATE]

    def test_the_platforms_objections_land_on_the_fields(self, owner, platform):
        platform.answer(UPDATE, status=400, response=invalid(("name", "unique")))

        response = owner.post(EDIT, {"name": "Website", "scopes": ["customers.read"]})

        assert response.status_code == 422
        assert "You have an app of this name already." in read(response).text

    def test_an_app_revoked_meanwhile_leads_to_what_is_left(self, owner, platform):
        platform.answer(UPDATE, status=409, response=problem(409, "app-revoked"))
        platform.answers("client-app-retrieve-revoked")

        for response in (
            owner.get(EDIT),
            owner.post(EDIT, {"name": "Bar till", "scopes": ["customers.read"]}),
        ):
            assert response.headers["Location"] == f"{PAGE}?notice=app-revoked-meanwhile"

    def test_who_may_not_isnt_asked(self, owner, platform):
        platform.answer(GET, response=till(can=[]))

        assert owner.get(EDIT).status_code == 403

    def test_while_read_only_there_is_nothing_to_press(self, owner, read_only):
        assert read(owner.get(EDIT)).forms == {}


class TestRevoke:
    def test_it_asks_first(self, owner, platform):
        page = read(owner.get(f"{PAGE}revoke/"))

        assert "Revoke Till?" in page.text
        assert "It was last used" in page.text
        assert page.links["make a new one"] == f"{PAGE}new-key/"
        assert platform.operations == [GET]

    def test_one_that_was_never_used_says_so(self, owner, platform):
        platform.answer(GET, response=till(last_used_at=None))

        assert "It was never used." in read(owner.get(f"{PAGE}revoke/")).text

    def test_it_revokes(self, owner, platform):
        form = read(owner.get(f"{PAGE}revoke/")).forms[""]

        response = owner.post(f"{PAGE}revoke/", form)

        assert response.headers["Location"] == f"{LIST}?notice=app-revoked"
        (call,) = platform.asked(REVOKE)
        assert call.url.endswith(f"/client-apps/{TILL}/")
        assert call.headers["Idempotency-Key"] == form["idempotency_key"]

    def test_a_post_that_didnt_see_the_page_only_asks(self, owner, platform):
        assert "Revoke Till?" in read(owner.post(f"{PAGE}revoke/")).text
        assert platform.asked(REVOKE) == []

    def test_one_that_is_revoked_isnt_asked_about(self, owner, platform):
        platform.answers("client-app-retrieve-revoked")

        response = owner.get(f"{PAGE}revoke/")

        assert response.headers["Location"] == f"{PAGE}?notice=app-revoked-meanwhile"

    def test_who_may_not_isnt_asked(self, owner, platform):
        platform.answer(GET, response=till(can=[]))

        assert owner.get(f"{PAGE}revoke/").status_code == 403

    def test_while_read_only_there_is_nothing_to_press(self, owner, read_only):
        assert read(owner.get(f"{PAGE}revoke/")).forms == {}
