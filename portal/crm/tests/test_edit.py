from __future__ import annotations

import msgspec
import pytest

from portal.crm.tests.cast import ANNA, HOSTILE, PAGE, anna, invalid, problem
from portal.ui.tests.pages import read

EDIT = f"{PAGE}edit/"
GET = "GET crm/customers/{id}/"
PATCH = "PATCH crm/customers/{id}/"


def form_of(owner):
    return read(owner.get(EDIT)).forms[""]


def sent(platform):
    (call,) = platform.asked(PATCH)
    return msgspec.json.decode(call.body)


def test_it_shows_what_is_there_in_parallel_calls(owner, platform):
    form = form_of(owner)

    assert form["name"] == "Anna Weber"
    assert form["birthday"] == "1984-11-27"
    assert form["address"] == "Kastanienallee 12\n10435 Berlin"
    assert form["language"] == "de"
    assert form["tags"] == "Vegetarian, VIP"
    assert form["etag"] == '"3"'
    assert sorted(platform.operations) == [GET, "GET crm/tags/"]


def test_only_what_was_changed_is_sent_and_for_what_was_seen(owner, platform):
    form = form_of(owner)

    response = owner.post(EDIT, {**form, "phone": "+49 30 901821", "tags": "VIP"})

    assert response.headers["Location"] == f"{PAGE}?notice=customer-saved"
    assert sent(platform) == {"phone": "+49 30 901821", "tags": ["VIP"]}
    (call,) = platform.asked(PATCH)
    assert call.headers["If-Match"] == '"3"'
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]
    assert call.url.endswith(f"/crm/customers/{ANNA}/")


def test_a_browsers_line_ends_are_no_change(owner, platform):
    form = form_of(owner)
    lines = {"address": form["address"], "initial-address": form["initial-address"]}

    owner.post(EDIT, {**form, **{key: text.replace("\n", "\r\n") for key, text in lines.items()}})

    assert platform.asked(PATCH) == []


def test_emptying_a_field_is_a_change(owner, platform):
    owner.post(EDIT, {**form_of(owner), "birthday": "", "company": ""})

    assert sent(platform) == {"birthday": None, "company": ""}


def test_saving_without_a_change_goes_back_without_a_call(owner, platform):
    form = form_of(owner)
    platform.calls.clear()

    response = owner.post(EDIT, form)

    assert response.headers["Location"] == PAGE
    assert platform.calls == []


def test_what_the_platform_refuses_stays_on_its_field(owner, platform):
    form = form_of(owner)
    platform.answer(PATCH, status=400, response=invalid(("phone", "max-length")))

    response = owner.post(EDIT, {**form, "phone": "1" * 30})

    assert response.status_code == 422
    assert "This is too long." in read(response).text
    assert read(response).forms[""]["phone"] == "1" * 30


def test_a_refused_form_still_knows_what_was_there_at_first(owner, platform):
    form = form_of(owner)

    again = read(owner.post(EDIT, {**form, "name": "", "company": "Weber"})).forms[""]
    owner.post(EDIT, {**again, "name": "Anna Weber"})

    assert sent(platform) == {"company": "Weber"}


def overtaken(owner, platform, **now):
    """Somebody saves `now` while Giulia changes the phone and the company."""
    form = form_of(owner)
    platform.answers("crm-customer-update-stale")
    platform.answer(GET, headers={"ETag": '"4"'}, response=anna(version=4, **now))
    return owner.post(EDIT, {**form, "phone": "+1 111", "company": "Mine"})


def test_when_somebody_was_faster_both_versions_are_shown(owner, platform):
    response = overtaken(owner, platform, phone="+2 222")

    page = read(response)
    assert response.status_code == 409
    assert "Somebody else changed this customer" in page.text
    assert "Phone +2 222 +1 111" in page.text
    assert "Company Weber & Söhne Mine" in page.text
    assert "Email" not in page.text.split("Your version")[0]


def test_then_nothing_typed_is_lost_and_nothing_of_theirs_either(owner, platform):
    form = read(overtaken(owner, platform, phone="+2 222", email="new@example.com")).forms[""]

    assert form["phone"] == "+1 111"
    assert form["company"] == "Mine"
    assert form["email"] == "new@example.com"
    assert form["etag"] == '"4"'


def test_then_saving_again_sends_ones_own_changes_for_the_new_version(owner, platform):
    page = read(overtaken(owner, platform, phone="+2 222", email="new@example.com"))
    first = platform.asked(PATCH)[0]
    platform.calls.clear()
    platform.answer(PATCH, headers={"ETag": '"5"'}, response=anna(version=5))

    response = owner.post(EDIT, page.forms[""])

    assert response.headers["Location"] == f"{PAGE}?notice=customer-saved"
    assert sent(platform) == {"phone": "+1 111", "company": "Mine"}
    (call,) = platform.asked(PATCH)
    assert call.headers["If-Match"] == '"4"'
    assert call.headers["Idempotency-Key"] != first.headers["Idempotency-Key"]


def test_changes_that_dont_touch_each_other_are_said_to_go_together(owner, platform):
    page = read(overtaken(owner, platform, phone="+1 111", company="Mine", email="new@example.com"))

    assert "Your changes go together" in page.text


def test_a_language_beyond_our_list_is_kept(owner, platform):
    platform.answer(GET, headers={"ETag": '"3"'}, response=anna(language="pt-BR"))
    form = form_of(owner)
    assert form["language"] == "pt-BR"

    owner.post(EDIT, {**form, "company": "Weber"})

    assert sent(platform) == {"company": "Weber"}


def test_hostile_values_are_only_text_on_every_page(owner, platform):
    evil = {"name": HOSTILE, "company": HOSTILE, "phone": HOSTILE, "address": HOSTILE}
    platform.answer(GET, headers={"ETag": '"3"'}, response=anna(**evil, tags=[HOSTILE]))

    assert "<script>alert" not in owner.get(EDIT).content.decode()
    response = overtaken(owner, platform, **evil)
    assert response.status_code == 409
    assert "<script>alert" not in response.content.decode()


def test_who_may_not_isnt_shown_the_form(owner, platform):
    platform.answer(GET, headers={"ETag": '"3"'}, response=anna(can=["delete"]))

    response = owner.get(EDIT)

    assert response.status_code == 403
    assert 'name="email"' not in response.content.decode()


@pytest.mark.parametrize(
    ("status", "code"), [(403, "forbidden"), (404, "customer-not-found"), (409, "customer-erased")]
)
def test_other_refusals_have_their_page(owner, platform, status, code):
    form = form_of(owner)
    platform.answer(PATCH, status=status, response=problem(status, code))

    response = owner.post(EDIT, {**form, "phone": "1"})

    assert response.status_code == status
