"""Ending a service, with what follows in plain words, and taking it back."""

from __future__ import annotations

import msgspec
import pytest

from portal.api_client.tests import fake_platform
from portal.api_client.tests.fake_platform import response_of
from portal.crm.tests.cast import invalid, problem
from portal.services.tests.cast import CANCEL, GET, KEEP, KEEP_PLAN, ONE, PAGE, service
from portal.ui.tests.pages import read

END = f"{ONE}end/"


@pytest.fixture(autouse=True)
def house(platform):
    platform.answer(GET, response=service())


def test_both_ways_say_what_they_mean(owner, platform):
    page = read(owner.get(END))

    assert "At the end of the period, on 1 Apr 2026" in page.text
    assert "there is no money back for the rest of the period" in page.text
    assert "Invoices that are due stay due" in page.text
    assert "Nothing of yours is deleted" in page.text
    assert platform.operations == [GET]


@pytest.mark.parametrize(
    ("at", "example", "notice"),
    [
        ("period-end", "service-cancel", "service-end-planned"),
        ("now", "service-cancel-now", "service-ended"),
    ],
)
def test_it_ends_when_one_chose(owner, platform, at, example, notice):
    platform.answers(example)

    response = owner.post(END, {"at": at, "reason": "We close.", "idempotency_key": "k"})

    assert response.headers["Location"] == f"{PAGE}?notice={notice}"
    (call,) = platform.asked(CANCEL)
    assert msgspec.json.decode(call.body) == {"at": at, "reason": "We close."}
    assert call.headers["Idempotency-Key"] == "k"


def test_what_hasnt_begun_can_only_end_at_once(owner, platform):
    pending = service(state="pending", period_start=None, period_end=None, can=["cancel"])
    platform.answer(GET, response=pending)

    page = read(owner.get(END))
    refused = owner.post(END, {"at": "period-end", "idempotency_key": "k"})

    assert "its invoice becomes void, and you owe nothing" in page.text
    assert "At the end of the period" not in page.text
    assert refused.status_code == 422
    assert platform.asked(CANCEL) == []


def test_what_ends_already_can_still_end_at_once(owner, platform):
    ending = response_of("service-cancel")
    platform.answer(GET, response=service(planned=ending["planned"], can=ending["can"]))

    assert "At the end of the period" not in read(owner.get(END)).text


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_not_end_it_is_turned_away(owner, platform, monkeypatch, method):
    monkeypatch.setitem(fake_platform.ABILITIES, "owner", ["tenant.read", "services.read"])
    platform.answer(GET, response=service(can=[]))

    response = getattr(owner, method)(END, {"at": "now", "idempotency_key": "k"})

    assert response.status_code == 403
    assert platform.asked(CANCEL) == []


def test_who_goes_back_after_it_ended_reads_so(owner, platform):
    platform.answer(GET, response=service(state="cancelled", can=[]))

    assert owner.get(END).headers["Location"] == f"{PAGE}?notice=service-moved-on"


def test_ending_it_twice_is_ending_it_once(owner, platform):
    """The platform knows the key, and answers as it did before."""
    platform.answer(GET, response=service(state="cancelled", can=[]))
    platform.answers("service-cancel-now")

    response = owner.post(END, {"at": "now", "idempotency_key": "k"})

    assert response.headers["Location"] == f"{PAGE}?notice=service-ended"
    assert platform.asked(CANCEL)[0].headers["Idempotency-Key"] == "k"


def test_what_the_platform_objects_to_is_on_its_field(owner, platform):
    platform.answer(CANCEL, status=400, response=invalid(("reason", "max-length")))

    response = owner.post(END, {"at": "now", "reason": "x", "idempotency_key": "k"})

    assert response.status_code == 422
    assert "This is too long." in read(response).text


def test_when_it_ended_meanwhile_the_page_shows_it(owner, platform):
    platform.answers("service-cancel-ended")

    response = owner.post(END, {"at": "now", "idempotency_key": "k"})

    assert response.headers["Location"] == f"{PAGE}?notice=service-moved-on"


@pytest.mark.parametrize(
    ("path", "operation", "notice"),
    [
        ("plan/keep/", KEEP_PLAN, "plan-change-withdrawn"),
        ("end/keep/", KEEP, "service-end-withdrawn"),
    ],
)
def test_what_was_decided_is_taken_back(owner, platform, path, operation, notice):
    platform.answer(operation, response=service())

    response = owner.post(f"{ONE}{path}", {"idempotency_key": "k"})

    assert response.headers["Location"] == f"{PAGE}?notice={notice}"
    (call,) = platform.asked(operation)
    assert call.headers["Idempotency-Key"] == "k"


@pytest.mark.parametrize(
    ("code", "status"), [("nothing-planned", 303), ("idempotency-conflict", 409)]
)
def test_nothing_to_take_back_is_no_error(owner, platform, code, status):
    platform.answer(KEEP, status=409, response=problem(409, code))

    assert owner.post(f"{ONE}end/keep/", {"idempotency_key": "k"}).status_code == status


def test_looking_there_changes_nothing(owner, platform):
    assert owner.get(f"{ONE}end/keep/").status_code == 405
    assert platform.calls == []
