from __future__ import annotations

import msgspec

from portal.crm.tests.cast import HOSTILE, PAGE, anna, invalid
from portal.ui.tests.pages import read

ERASE = f"{PAGE}erase/"
GET = "GET crm/customers/{id}/"
CALL = "POST crm/customers/{id}/erasure/"


def test_it_explains_what_goes_and_what_stays_in_one_call(owner, platform):
    page = read(owner.get(ERASE))

    assert "Erase Anna Weber?" in page.text
    assert "Tags and notes" in page.text
    assert "so that your books stay complete" in page.text
    assert platform.operations == [GET]


def test_it_erases_once_and_keeps_the_reason(owner, platform):
    form = read(owner.get(ERASE)).forms[""]

    for _ in range(2):
        response = owner.post(ERASE, {**form, "reason": "Asked for it by letter"})

    assert response.headers["Location"] == f"{PAGE}?notice=customer-erased"
    calls = platform.asked(CALL)
    assert [msgspec.json.decode(call.body) for call in calls] == [
        {"reason": "Asked for it by letter"}
    ] * 2
    assert [call.headers["Idempotency-Key"] for call in calls] == [form["idempotency_key"]] * 2


def test_what_the_platform_refuses_stays_on_the_page(owner, platform):
    platform.answer(CALL, status=400, response=invalid(("reason", "max-length")))

    response = owner.post(ERASE, {"reason": "long"})

    assert response.status_code == 422
    assert "This is too long." in read(response).text
    assert read(response).forms[""]["reason"] == "long"


def test_who_may_not_isnt_asked(owner, platform):
    platform.answer(GET, response=anna(can=["update", "delete"]))

    assert owner.get(ERASE).status_code == 403


def test_a_hostile_name_is_only_text(owner, platform):
    platform.answer(GET, response=anna(name=HOSTILE))

    assert "<script>alert" not in owner.get(ERASE).content.decode()


def test_while_read_only_there_is_nothing_to_press(owner, platform, read_only):
    assert read(owner.get(ERASE)).forms == {}
