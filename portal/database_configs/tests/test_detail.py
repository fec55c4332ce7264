from __future__ import annotations

import json
import re

import pytest

from portal.api_client.tests.fake_platform import EXAMPLES
from portal.database_configs.results import KINDS, RESULTS
from portal.database_configs.tests.cast import GET, HOSTILE, LIST, PAGE, VALIDATE, check, config
from portal.database_configs.words import CHECKS
from portal.ui.tests.pages import read

LOOKS_AGAIN = '<noscript><meta http-equiv="refresh" content="1"></noscript>'


def page_with(owner, platform, *checks, **changes):
    """The page of a database whose last check found this."""
    found = config(**changes)
    found["last_validation"] = {**found["last_validation"], "checks": list(checks)}
    platform.answer(GET, response=found, headers={"ETag": '"1"'})
    return read(owner.get(PAGE))


def test_it_shows_where_it_is_and_what_was_found_in_one_call(owner, platform):
    page = read(owner.get(PAGE))

    assert platform.operations == [GET]
    for words in (
        "Till system",
        "Host db.trattoria-aurora.example",
        "Port 5432",
        "User tavola",
        "Password Kept encrypted",
        "Encryption Encrypted, certificate and host name verified",
        "Authority Public ones",
        "asked for by Giulia Ferri",
        "Encryption (In order) Nobody in between can read along. TLSv1.3",
        "Certificate (In order) It is really this server: db.trattoria-aurora.example, says R11.",
        "until 30 May 2026",
        "Speed (In order) The way there and back is short. 11.8 ms",
        "Rights (Worth a look)",
        "Row-level security (In order)",
    ):
        assert words in page.text
    assert page.links["Databases"] == LIST
    assert page.links["Past checks"] == f"{PAGE}checks/"


def test_a_failure_says_why_and_what_was_left_out(owner, platform):
    platform.answers("database-config-retrieve-invalid")

    text = read(owner.get(PAGE)).text

    assert "Not in order" in text
    said = "User and password (Not in order) The server doesn’t accept this user with this password"
    assert said in text
    assert "Rights (Not looked at)" in text


def test_before_the_first_check_it_says_what_one_does(owner, platform):
    platform.answers("database-config-retrieve-unchecked")

    page = read(owner.get(PAGE))

    assert "Not checked yet" in page.text
    assert "changes nothing" in page.text
    assert f"{PAGE}check/" in page.forms


def test_while_it_is_checked_the_page_looks_again_by_itself(owner, platform):
    platform.answers("database-config-retrieve-validating")

    response = owner.get(PAGE)

    page = read(response)
    assert LOOKS_AGAIN in response.content.decode()
    assert "Being checked" in page.text
    assert "Encryption (In order)" in page.text
    assert "Certificate (Being looked at)" in page.text
    assert "Version (Still to come)" in page.text
    assert f"{PAGE}check/" not in page.forms


def test_a_check_that_waits_shows_all_that_is_to_come(owner, platform):
    waiting = config("database-config-validate")
    platform.answer(GET, response=waiting)

    assert read(owner.get(PAGE)).text.count("(Still to come)") == len(CHECKS)


def test_one_that_takes_too_long_can_be_asked_for_again(owner, platform):
    late = config("database-config-retrieve-validating", can=["update", "delete", "validate"])
    platform.answer(GET, response=late)

    page = read(owner.get(PAGE))

    assert "takes longer than it should" in page.text
    assert f"{PAGE}check/" in page.forms


def test_when_it_is_over_the_page_is_at_rest(owner, platform):
    assert "http-equiv" not in owner.get(PAGE).content.decode()


def test_after_a_change_the_results_are_said_to_be_old(owner, platform):
    platform.answers("database-config-retrieve-changed")

    text = read(owner.get(PAGE)).text

    assert "Not checked yet" in text
    assert "Changed since the last check" in text
    assert "asked for by" not in text


def test_an_interrupted_check_says_nothing_about_the_database(owner, platform):
    found = config(status="unchecked")
    found["last_validation"] |= {"status": "abandoned", "checks": []}
    platform.answer(GET, response=found)

    assert "The last check was interrupted" in read(owner.get(PAGE)).text


def test_pressing_the_button_has_it_checked(owner, platform):
    form = read(owner.get(PAGE)).forms[f"{PAGE}check/"]

    response = owner.post(f"{PAGE}check/", form)

    assert (response.status_code, response.headers["Location"]) == (303, PAGE)
    (call,) = platform.asked(VALIDATE)
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]


def test_when_somebody_was_faster_the_page_shows_how_far_it_is(owner, platform):
    platform.answers("database-config-validate-running")

    response = owner.post(f"{PAGE}check/", {"idempotency_key": "x"})

    assert response.headers["Location"] == PAGE


def test_another_refusal_has_its_page(owner, platform):
    body = {"type": "about:blank", "title": "x", "status": 403, "code": "tenant-state"}
    platform.answer(VALIDATE, status=403, response=body)

    assert owner.post(f"{PAGE}check/", {"idempotency_key": "x"}).status_code == 403


def test_looking_doesnt_check(owner, platform):
    assert owner.get(f"{PAGE}check/").status_code == 405
    assert platform.asked(VALIDATE) == []


def test_who_may_only_look_sees_no_buttons(owner, platform):
    platform.answer(GET, response=config(can=[]))

    page = read(owner.get(PAGE))

    assert page.forms.keys() & {f"{PAGE}check/"} == set()
    assert "Edit" not in page.links
    assert "Delete database" not in page.links


def test_while_read_only_there_is_nothing_to_press(owner, platform, read_only):
    page = read(owner.get(PAGE))

    assert f"{PAGE}check/" not in page.forms
    assert "Edit" not in page.links


def test_hostile_values_are_only_text(owner, platform):
    evil = check("certificate", "verified", subject=HOSTILE, issuer=HOSTILE, days=9)
    names = dict.fromkeys(("name", "host", "database", "user", "tls_mode"), HOSTILE)

    page = page_with(owner, platform, evil, **names)

    assert "alert(1)" in page.text
    assert "<script>alert" not in owner.get(PAGE).content.decode()


def test_a_result_that_is_new_to_us_is_told_in_the_platforms_words(owner, platform):
    page = page_with(owner, platform, check("latency", "unheard-of"))

    assert "Speed (In order) As the platform says it." in page.text


def test_a_refused_address_is_said_in_words(owner, platform):
    refused = check("address", "refused", "failed", kind="metadata")

    page = page_with(owner, platform, refused)

    assert "leads to an address of a cloud provider’s own service." in page.text


@pytest.mark.parametrize(("days", "said"), [(1, "another 1 day."), (9, "another 9 days.")])
def test_days_are_counted(owner, platform, days, said):
    ends = check("certificate", "ends-soon", "warning", days=days)

    assert said in page_with(owner, platform, ends).text


def written_down() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(
        (EXAMPLES.parent / "database-checks.json").read_text()
    )
    return found


def test_there_is_a_sentence_for_every_result_of_the_platform():
    expected = {
        code: {reason for reason, status in results.items() if status != "skipped"}
        for code, results in written_down().items()
    }
    assert {code: set(sentences) for code, sentences in RESULTS.items()} == expected
    assert list(CHECKS) == list(expected)


def test_sentences_use_only_figures_that_there_are():
    figures = {
        "kind", "port", "seconds", "subject", "issuer", "days", "sqlstate", "version", "least",
    }  # fmt: skip
    for results in RESULTS.values():
        for sentence in results.values():
            assert set(re.findall(r"%\((\w+)\)", str(sentence))) <= figures


def test_every_kind_of_address_has_its_words():
    assert len(set(map(str, KINDS.values()))) == 9
