from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from portal.api_client import Platform, Viewer, Visitor
from portal.api_client.errors import Missing, NotSignedIn, Unexpected

ANNA = UUID("01993d00-0000-7000-8000-000000000001")


@pytest.fixture
def visit() -> Visitor:
    return Visitor(
        session_token="session-of-giulia",
        tenant="aurora",
        address="203.0.113.7",
        user_agent="Firefox",
        language="de",
        request_id="0123456789abcdef",
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )


@pytest.fixture
def seen() -> list[Viewer]:
    return []


@pytest.fixture
def mine(visit, seen) -> Platform:
    return Platform(visit, seen.append)


def test_a_call_says_who_calls_and_for_whom(mine, platform):
    mine.customers.get(ANNA)

    (call,) = platform.calls
    assert call.url == f"/api/v1/crm/customers/{ANNA}/"
    assert dict(call.headers) == {
        "Accept": "application/json, application/problem+json",
        "Accept-Encoding": "identity",
        "Accept-Language": "de",
        "Authorization": "Bearer only-for-tests",
        "User-Agent": "Firefox",
        "X-App-ID": "0199aa00-0000-7000-8000-000000000001",
        "X-Forwarded-For": "203.0.113.7",
        "X-Request-ID": "0123456789abcdef",
        "X-Session-Token": "session-of-giulia",
        "X-Tenant": "aurora",
        "X-Want-Viewer": "1",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    }


@pytest.mark.parametrize(
    ("said", "sent"),
    [(" Firefox\r\nX-Tenant: bluefin", "FirefoxX-Tenant: bluefin"), ("é Firefox☃", "Firefox")],
)
def test_a_header_is_made_to_fit(mine, visit, platform, said, sent):
    visit.user_agent = said
    mine.customers.get(ANNA)

    assert platform.calls[0].headers["User-Agent"] == sent


def test_the_reply_brings_the_viewer_along(mine, seen):
    mine.customers.list()

    (viewer,) = seen
    assert viewer.person.name == "Giulia Conti"
    assert viewer.tenant.currency == "EUR"
    assert viewer.can("customers.erase")
    assert not viewer.can("customers.fire")
    assert [link.slug for link in viewer.tenants] == ["aurora", "bluefin"]


def test_a_refusal_brings_the_viewer_along_too(mine, seen, platform):
    platform.answers("crm-customer-not-found")
    with pytest.raises(Missing):
        mine.customers.get(ANNA)

    assert [viewer.person.name for viewer in seen] == ["Giulia Conti"]


def test_without_a_session_nobody_is_asked(platform):
    with pytest.raises(NotSignedIn):
        Platform(Visitor(), lambda viewer: None).customers.list()

    assert platform.calls == []


def test_empty_filters_are_left_out(mine, platform):
    mine.customers.list(q="anna", tag="", order="-created")

    assert platform.calls[0].query == {"q": "anna", "order": "-created"}


def test_what_comes_is_typed_and_frozen(mine):
    customer = mine.customers.get(ANNA)

    assert customer.id == ANNA
    assert customer.birthday.isoformat() == "1984-11-27"
    assert customer.etag == '"3"'
    assert customer.can == {"update", "delete", "merge", "erase"}
    with pytest.raises(AttributeError):
        customer.name = "Anna"


def test_a_write_carries_its_key_and_what_it_was_based_on(mine, platform):
    mine.customers.update(ANNA, {"phone": "+49"}, etag='"3"', idempotency_key="k1")

    (call,) = platform.calls
    assert (call.headers["If-Match"], call.headers["Idempotency-Key"]) == ('"3"', "k1")
    assert msgspec.json.decode(call.body) == {"phone": "+49"}
    assert call.headers["Content-Type"] == "application/json"


def test_a_file_goes_as_it_is(mine, platform):
    report = mine.customers.import_csv(
        ("guests.csv", b"name\nAnna", "text/csv"), idempotency_key="k"
    )

    assert platform.calls[0].files == {"file": ("guests.csv", b"name\nAnna", "text/csv")}
    assert [row.outcome for row in report.rows] == ["created", "created", "updated", "failed"]


def test_a_member_that_we_dont_know_yet_is_ignored(mine, platform):
    platform.answer("GET crm/tags/", response={"results": [], "colour": "green"})

    assert mine.customers.tags().results == ()


@pytest.mark.parametrize(
    "body", [{"results": [{"name": "VIP"}]}, {"results": None}, "not json", {}]
)
def test_a_reply_of_another_shape_is_an_error_and_says_where(mine, platform, body, caplog):
    platform.answer("GET crm/tags/", response=body)

    with pytest.raises(Unexpected):
        mine.customers.tags()

    assert "platform.reply_mismatch" in caplog.text
    assert "GET crm/tags/" in caplog.text


@pytest.mark.parametrize(
    ("call", "operation"),
    [
        (lambda p: p.customers.delete(ANNA, etag='"3"'), "DELETE crm/customers/{id}/"),
        (lambda p: p.customers.notes(ANNA), "GET crm/customers/{id}/notes/"),
        (
            lambda p: p.customers.add_note(ANNA, body="x", idempotency_key="k"),
            "POST crm/customers/{id}/notes/",
        ),
        (
            lambda p: p.customers.delete_note(ANNA, ANNA),
            "DELETE crm/customers/{id}/notes/{note_id}/",
        ),
        (
            lambda p: p.customers.merge(ANNA, duplicate_id=ANNA, idempotency_key="k"),
            "POST crm/customers/{id}/merges/",
        ),
        (
            lambda p: p.customers.erase(ANNA, reason="x", idempotency_key="k"),
            "POST crm/customers/{id}/erasure/",
        ),
        (lambda p: p.customers.create({}, idempotency_key="k"), "POST crm/customers/"),
        (lambda p: p.customers.list_imports(), "GET crm/imports/"),
        (lambda p: p.customers.get_import(ANNA), "GET crm/imports/{id}/"),
        (lambda p: list(p.customers.export().chunks), "GET crm/exports/customers/"),
        (lambda p: p.reports.dashboard(), "GET reports/dashboard/"),
        (lambda p: p.me.sessions(), "GET me/sessions/"),
    ],
)
def test_each_resource_calls_its_path_and_takes_its_example(mine, platform, call, operation):
    call(mine)

    assert platform.operations == [operation]
