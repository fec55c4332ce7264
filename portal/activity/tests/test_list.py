from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.activity.words import FAMILIES, SENTENCES
from portal.api_client.tests.fake_platform import response_of
from portal.ui.tests.pages import read

PAGE = "/t/aurora/settings/activity/"
CALL = "GET audit-events/"
CONTRACT = Path(__file__).resolve().parents[3] / "docs" / "api" / "openapi.yaml"


def listed(*events: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"results": list(events), "next_cursor": None, "previous_cursor": None, **members}


def event(action: str, **changes: Any) -> dict[str, Any]:
    return {**response_of("audit-events-list")["results"][1], "action": action, **changes}


def test_it_is_told_in_sentences(owner, platform):
    text = read(owner.get(PAGE)).text

    assert "Sam Taylor of the support suspended the business Suspended" in text
    assert "The card of the last three invoices was declined." in text
    assert "Giulia Conti changed the role of Luca Bianchi: Waiter → Manager" in text
    assert "Giulia Conti signed in" in text
    assert "from 203.0.113.7" in text
    assert platform.operations == [CALL]


def test_and_in_german(waiter, platform):
    text = read(waiter.get("/t/bluefin/settings/activity/")).text

    assert "Sam Taylor vom Support hat den Betrieb ausgesetzt" in text


def test_days_are_those_of_the_business(owner, platform):
    late = event("member.joined", created_at="2026-11-18T23:30:00Z")
    platform.answer(CALL, response=listed(late))

    text = read(owner.get(PAGE)).text

    assert "Thursday, 19 November" in text
    assert "00:30" in text


def test_every_action_has_its_sentence():
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    known = set(contract["components"]["schemas"]["ActionEnum"]["enum"])

    assert set(SENTENCES) == known
    assert {action.partition(".")[0] for action in known} == set(FAMILIES)


@pytest.mark.parametrize("action", sorted(SENTENCES))
def test_every_sentence_is_whole(owner, platform, action):
    platform.answer(CALL, response=listed(event(action)))

    text = read(owner.get(PAGE)).text

    assert "%(" not in text
    assert action not in text


def test_whom_support_added_is_not_said_to_have_come_by_themselves(owner, platform):
    added = event("member.joined", by_kind="staff", by_name="Sam Taylor", about_name="Nina Keller")
    platform.answer(CALL, response=listed(added))

    assert "Sam Taylor of the support added Nina Keller" in read(owner.get(PAGE)).text


def test_one_kind_can_be_chosen(owner, platform):
    page = read(owner.get(f"{PAGE}?kind=member"))

    [call] = platform.calls
    assert call.query == {"action": "member"}
    assert page.links["All"] == "?"


@pytest.mark.parametrize("query", ["kind=nothing", "by=nobody", "kind=%00"])
def test_a_made_up_filter_means_none(owner, platform, query):
    assert owner.get(f"{PAGE}?{query}").status_code == 200
    assert platform.calls[0].query == {}


def test_what_somebody_did_can_be_followed(owner, platform):
    who = response_of("audit-events-list")["results"][1]["by_id"]

    owner.get(f"{PAGE}?by={who}")

    assert platform.calls[0].query == {"by": who}


def test_names_are_text(owner, platform):
    platform.answer(CALL, response=listed(event("member.joined", by_name="<b>x</b> %(who)s")))

    assert "<b>x</b>" not in owner.get(PAGE).content.decode()


def test_nothing_of_a_kind_is_said_as_such(owner, platform):
    platform.answer(CALL, response=listed())

    assert "Nothing happened yet" in read(owner.get(PAGE)).text
    assert "Nothing of this kind" in read(owner.get(f"{PAGE}?kind=export")).text


def test_who_may_not_sees_nothing(owner, platform):
    platform.answers("audit-events-forbidden")

    assert owner.get(PAGE).status_code == 403
