"""A new key in place of the old, and the end of one."""

from __future__ import annotations

import re

import msgspec
import pytest

from portal.client_apps.tests.cast import ENDED_KEY, KEY, OLD_KEY, PAGE, TILL, key, till
from portal.crm.tests.cast import problem
from portal.ui.tests.pages import read

GET = "GET client-apps/{id}/"
ROTATE = "POST client-apps/{id}/keys/"
REVOKE = "DELETE client-apps/{id}/keys/{key_id}/"
NEW_KEY = f"{PAGE}new-key/"
FILLED = {"overlap_hours": "24", "expires_in_days": ""}


class TestRotate:
    def test_it_says_what_becomes_of_the_old_key(self, owner, platform):
        response = owner.get(NEW_KEY)

        page = read(response)
        assert "The old one goes on working for as long as you choose" in page.text
        assert "Not at all When somebody has seen it who shouldn’t have." in page.text
        checked = re.findall(
            r'name="overlap_hours" value="(\d+)"[^>]*checked', response.content.decode()
        )
        assert checked == ["24"]
        assert platform.operations == [GET]

    @pytest.mark.parametrize("hours", ["0", "1", "24", "168"])
    def test_it_sends_what_was_chosen_in_one_call(self, owner, platform, hours):
        owner.post(NEW_KEY, FILLED | {"overlap_hours": hours, "idempotency_key": "k-1"})

        (call,) = platform.asked(ROTATE)
        assert msgspec.json.decode(call.body) == {
            "overlap_hours": int(hours),
            "expires_in_days": None,
        }
        assert call.headers["Idempotency-Key"] == "k-1"
        assert platform.operations == [ROTATE]

    def test_the_new_key_is_shown_with_the_end_of_the_old(self, owner):
        response = owner.post(NEW_KEY, FILLED)

        page = read(response)
        assert response.headers["Cache-Control"] == "private, no-store"
        assert f'value="{KEY}" readonly' in response.content.decode()
        assert f'-H "X-App-ID: {TILL}" -H "Authorization: Bearer {KEY}"' in page.text
        assert "end on 21 Nov 2026, 18:45 at the latest" in page.text
        assert "This one works until you end it." in page.text
        assert page.links["I have taken it"] == PAGE

    @pytest.mark.parametrize("hours", ["", "5", "-1", "soon"])
    def test_an_overlap_that_isnt_offered_is_refused_here(self, owner, platform, hours):
        response = owner.post(NEW_KEY, FILLED | {"overlap_hours": hours})

        assert response.status_code == 422
        assert platform.asked(ROTATE) == []

    def test_the_eleventh_key_is_refused_on_the_form(self, owner, platform):
        platform.answers("client-app-key-create-too-many")

        response = owner.post(NEW_KEY, FILLED)

        assert response.status_code == 422
        assert "10 keys of this app work at the moment" in read(response).text

    def test_an_app_revoked_meanwhile_leads_to_what_is_left(self, owner, platform):
        platform.answers("client-app-key-create-revoked", "client-app-retrieve-revoked")

        response = owner.post(NEW_KEY, FILLED)

        assert response.headers["Location"] == f"{PAGE}?notice=app-revoked-meanwhile"

    def test_who_may_not_isnt_asked(self, owner, platform):
        platform.answer(GET, response=till(can=["update"]))

        assert owner.get(NEW_KEY).status_code == 403

    def test_while_read_only_there_is_nothing_to_press(self, owner, read_only):
        assert read(owner.get(NEW_KEY)).forms == {}


class TestRevoke:
    PATH = f"{PAGE}keys/{OLD_KEY}/revoke/"

    def test_it_asks_first_and_says_when_it_was_used(self, owner, platform):
        page = read(owner.get(self.PATH))

        assert "Revoke the key tvk_a8FzPd…?" in page.text
        assert "It was last used" in page.text
        assert page.links["Keep"] == PAGE
        assert platform.operations == [GET]

    def test_one_that_was_never_used_says_so(self, owner, platform):
        platform.answer(GET, response=till(keys=[key(id=OLD_KEY, last_used_at=None)]))

        assert "It was never used." in read(owner.get(self.PATH)).text

    def test_it_revokes_in_one_call(self, owner, platform):
        response = owner.post(self.PATH, {"idempotency_key": "k-1"})

        assert response.headers["Location"] == f"{PAGE}?notice=app-key-revoked"
        (call,) = platform.asked(REVOKE)
        assert call.url.endswith(f"/client-apps/{TILL}/keys/{OLD_KEY}/")
        assert call.headers["Idempotency-Key"] == "k-1"
        assert platform.operations == [REVOKE]

    @pytest.mark.parametrize("key_id", [ENDED_KEY, TILL])
    def test_a_key_that_is_over_or_isnt_there_isnt_asked_about(self, owner, key_id):
        response = owner.get(f"{PAGE}keys/{key_id}/revoke/")

        assert response.headers["Location"] == f"{PAGE}?notice=app-key-over"

    def test_a_key_that_is_gone_is_missing(self, owner, platform):
        platform.answers("client-app-key-revoke-missing")

        assert owner.post(self.PATH, {"idempotency_key": "k"}).status_code == 404

    def test_a_revoked_apps_key_isnt_asked_about(self, owner, platform):
        platform.answers("client-app-retrieve-revoked")

        response = owner.get(self.PATH)

        assert response.headers["Location"] == f"{PAGE}?notice=app-revoked-meanwhile"

    def test_who_may_not_isnt_asked(self, owner, platform):
        platform.answer(GET, response=till(can=[]))

        assert owner.get(self.PATH).status_code == 403

    def test_who_may_not_is_refused_by_the_platform_too(self, owner, platform):
        platform.answer(REVOKE, status=403, response=problem(403, "forbidden"))

        assert owner.post(self.PATH, {"idempotency_key": "k"}).status_code == 403

    def test_while_read_only_there_is_nothing_to_press(self, owner, read_only):
        assert read(owner.get(self.PATH)).forms == {}
