from __future__ import annotations

import logging
import re

import msgspec
import pytest

from portal.api_client.client_apps import NewApp
from portal.api_client.tests.fake_platform import response_of
from portal.client_apps.tests.cast import HOSTILE, KEY, LIST, NEW_ID, listed
from portal.crm.tests.cast import invalid, problem
from portal.ui.tests.pages import read

NEW = f"{LIST}new/"
CALL = "POST client-apps/"
FILLED = {
    "name": "Reservations",
    "scopes": ["customers.read", "customers.create"],
    "expires_in_days": "365",
}


def sent(platform) -> dict:
    (call,) = platform.asked(CALL)
    return msgspec.json.decode(call.body)


def test_the_form_offers_what_can_be_given_in_words(owner, platform):
    response = owner.get(NEW)

    page = read(response)
    source = response.content.decode()
    offered = re.findall(r'name="scopes" value="([^"]+)"', source)
    available = [each["word"] for each in response_of("client-apps-list")["scopes_available"]]
    assert set(offered) == set(available)
    assert "See customers Names, contact details, tags and notes." in page.text
    for group in ("Customers", "Your business", "People and settings"):
        assert f">{group}</legend>" in source
    assert platform.operations == ["GET client-apps/"]


def test_only_what_the_platform_offers_is_shown(owner, platform):
    some = [{"word": "customers.read", "description": "See customers"}]
    platform.answer("GET client-apps/", response=listed(scopes_available=some))

    source = owner.get(NEW).content.decode()

    assert re.findall(r'name="scopes" value="([^"]+)"', source) == ["customers.read"]
    assert "Your business</legend>" not in source


def test_a_scope_newer_than_the_portal_is_offered_in_the_platforms_words(owner, platform):
    some = [{"word": "tabs.close", "description": "Close tabs & print them"}]
    platform.answer("GET client-apps/", response=listed(scopes_available=some))

    page = read(owner.get(NEW))
    owner.post(NEW, FILLED | {"scopes": ["tabs.close"]})

    assert "More Close tabs & print them" in page.text
    assert sent(platform)["scopes"] == ["tabs.close"]


def test_a_years_life_is_chosen_beforehand(owner):
    source = owner.get(NEW).content.decode()

    (checked,) = re.findall(r'name="expires_in_days" value="(\d*)"[^>]*checked', source)
    assert checked == "365"


@pytest.mark.parametrize(("chosen", "days"), [("30", 30), ("365", 365), ("", None)])
def test_it_sends_what_was_chosen_in_one_call(owner, platform, chosen, days):
    owner.post(NEW, FILLED | {"expires_in_days": chosen, "idempotency_key": "k-1"})

    assert sent(platform) == {
        "name": "Reservations",
        "scopes": ["customers.read", "customers.create"],
        "expires_in_days": days,
    }
    assert platform.asked(CALL)[0].headers["Idempotency-Key"] == "k-1"
    assert platform.operations == [CALL]


def test_the_key_is_shown_with_a_line_to_try_it(owner, platform, settings):
    settings.PLATFORM_PUBLIC_URL = "https://platform.example"

    response = owner.post(NEW, FILLED)

    assert response.status_code == 200
    source = response.content.decode()
    assert f'value="{KEY}" readonly' in source
    assert f'value="{NEW_ID}" readonly' in source
    page = read(response)
    assert (
        'curl "https://platform.example/api/v1/crm/customers/?limit=5" '
        f'-H "X-App-ID: {NEW_ID}" -H "Authorization: Bearer {KEY}"'
    ) in page.text
    assert page.links["API documentation"] == "https://platform.example/api/docs/"
    assert page.links["I have taken it"] == f"{LIST}{NEW_ID}/"
    assert "This one works until 20 Nov 2027, 18:45 ." in page.text


def test_pressing_twice_shows_the_same_key_again(owner, platform):
    """Both presses carry the key of the one page, with which the platform does the thing once."""
    form = read(owner.get(NEW)).forms[""]
    pages = [owner.post(NEW, FILLED | {"idempotency_key": form["idempotency_key"]}) for _ in "ab"]

    first, second = (call.headers["Idempotency-Key"] for call in platform.asked(CALL))
    assert first == second == form["idempotency_key"]
    assert all(KEY in page.content.decode() for page in pages)


def test_the_key_is_in_no_address_cookie_cache_or_log(owner, platform, caplog):
    caplog.set_level(logging.DEBUG)

    response = owner.post(NEW, FILLED)

    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Location" not in response.headers
    assert KEY not in str(response.headers)
    assert all(KEY not in str(cookie) for cookie in owner.cookies.values())
    assert KEY not in caplog.text
    assert f'data-address-afterwards="{LIST}{NEW_ID}/"' in response.content.decode()


def test_what_the_client_makes_of_it_doesnt_say_it_either(owner, platform):
    app = msgspec.json.decode(msgspec.json.encode(response_of("client-app-create")), type=NewApp)

    assert app.key == KEY
    assert KEY not in repr(app)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Please fill this in."),
        ({"scopes": []}, "Please choose at least one."),
        ({"expires_in_days": "7"}, "Select a valid choice"),
    ],
)
def test_what_lacks_is_said_without_asking(owner, platform, changes, said):
    response = owner.post(NEW, FILLED | changes)

    assert response.status_code == 422
    assert said in read(response).text
    assert platform.asked(CALL) == []


def test_what_was_chosen_stays_after_a_refusal(owner, platform):
    source = owner.post(NEW, FILLED | {"name": ""}).content.decode()

    assert re.findall(r'name="scopes" value="([^"]+)"[^>]*checked', source) == [
        "customers.read",
        "customers.create",
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (("name", "unique"), "You have an app of this name already."),
        (("scopes", "empty"), "Please choose at least one."),
        (("scopes", "beyond-yours"), "You can’t give an app what you may not do yourself."),
        (("scopes.0", "invalid-choice"), "Please choose one of the options."),
    ],
)
def test_the_platforms_objections_land_on_the_fields(owner, platform, error, said):
    platform.answer(CALL, status=400, response=invalid(error))

    response = owner.post(NEW, FILLED)

    assert response.status_code == 422
    assert said in read(response).text


def test_the_fifty_first_is_refused_on_the_form(owner, platform):
    platform.answers("client-app-create-too-many")

    response = owner.post(NEW, FILLED)

    assert response.status_code == 422
    assert "You have 50 apps" in read(response).text


def test_who_may_not_isnt_asked(owner, platform):
    platform.answer("GET client-apps/", response=listed(can=[]))

    assert owner.get(NEW).status_code == 403


def test_who_may_not_is_refused_by_the_platform_too(owner, platform):
    platform.answer(CALL, status=403, response=problem(403, "forbidden"))

    assert owner.post(NEW, FILLED).status_code == 403


def test_a_hostile_name_is_only_text(owner, platform):
    platform.answer(
        CALL, status=201, response={**response_of("client-app-create"), "name": HOSTILE}
    )

    response = owner.post(NEW, FILLED)

    assert "<script>alert" not in response.content.decode()
    assert f"The key of {HOSTILE}" in read(response).text


def test_while_read_only_there_is_nothing_to_press(owner, read_only):
    page = read(owner.get(NEW))

    assert page.forms == {}
    assert owner.post(NEW, FILLED).status_code == 503
