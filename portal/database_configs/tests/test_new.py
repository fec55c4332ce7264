from __future__ import annotations

import msgspec
import pytest

from portal.database_configs.tests.cast import (
    CERTIFICATE,
    CREATE,
    LIST,
    PAGE,
    invalid,
    problem,
)
from portal.ui.tests.pages import read

NEW = f"{LIST}new/"
SECRET = "correct horse <battery>"
GIVEN = {
    "name": "Till system",
    "host": "db.trattoria-aurora.example",
    "port": "5432",
    "database": "tills",
    "user": "tavola",
    "secret": SECRET,
    "tls_mode": "verify-full",
    "ca_certificate": "",
}


def send(owner, **changes):
    form = read(owner.get(NEW)).forms[""]
    return owner.post(NEW, {**form, **GIVEN, **changes})


def test_the_form_begins_with_what_is_usual(owner):
    form = read(owner.get(NEW)).forms[""]

    assert (form["port"], form["secret"]) == ("5432", "")
    source = owner.get(NEW).content.decode()
    assert 'type="password" name="secret"' in source
    assert 'autocomplete="new-password"' in source
    # Each way to encrypt says what it is good for; the safest is chosen.
    assert "nobody can pose as your server" in source
    assert 'value="verify-full"' in source.split("checked")[0].rpartition("<input")[2]


def test_what_was_entered_goes_to_the_platform_once(owner, platform):
    form = read(owner.get(NEW)).forms[""]

    response = owner.post(NEW, {**form, **GIVEN})

    assert response.headers["Location"] == f"{PAGE}?notice=database-added"
    (call,) = platform.asked(CREATE)
    assert msgspec.json.decode(call.body) == {**GIVEN, "engine": "postgresql", "port": 5432}
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]


def test_a_certificate_goes_with_plain_line_ends(owner, platform):
    send(owner, ca_certificate=CERTIFICATE.replace("\n", "\r\n"))

    (call,) = platform.asked(CREATE)
    assert msgspec.json.decode(call.body)["ca_certificate"] == CERTIFICATE.strip()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Please fill this in."),
        ({"host": "/var/run/postgresql"}, "Please enter a host name, not a path."),
        ({"host": "a.example,b.example"}, "Please enter one host only."),
        ({"host": "fe80::1%eth0"}, "An address with a zone is only valid within one network."),
        ({"host": "db example"}, "This isn’t a host name."),
        ({"port": "0"}, "A port is a whole number from 1 to 65535."),
        ({"port": "65536"}, "A port is a whole number from 1 to 65535."),
        ({"port": "x"}, "A port is a whole number from 1 to 65535."),
        ({"database": "x" * 64}, "Ensure this value has at most 63 characters"),
        ({"secret": ""}, "Please fill this in."),
        ({"tls_mode": "verify-ca"}, "This kind of encryption needs the certificate"),
        ({"ca_certificate": "hello"}, "This isn’t a certificate in PEM format."),
        ({"ca_certificate": CERTIFICATE[:40]}, "This isn’t a certificate in PEM format."),
        (
            {"ca_certificate": CERTIFICATE + "-----BEGIN PRIVATE KEY-----"},
            "There’s a private key in it.",
        ),
    ],
)
def test_syntax_is_checked_before_anybody_is_asked(owner, platform, changes, said):
    response = send(owner, **changes)

    assert response.status_code == 422
    assert said in read(response).text
    assert platform.asked(CREATE) == []


@pytest.mark.parametrize(
    ("field", "code", "said"),
    [
        ("name", "unique", "You have a database of this name already."),
        ("host", "address-refused", "We only connect to addresses on the internet"),
        ("host", "number", "Please write the address as four numbers"),
        ("ca_certificate", "certificate", "This isn’t a certificate in PEM format."),
    ],
)
def test_what_the_platform_refuses_stays_on_its_field(owner, platform, field, code, said):
    platform.answer(CREATE, status=400, response=invalid((field, code)))

    response = send(owner)

    assert response.status_code == 422
    assert said in read(response).text
    assert read(response).forms[""]["host"] == GIVEN["host"]


def test_an_eleventh_is_refused_with_the_reason(owner, platform):
    platform.answers("database-config-create-too-many")

    response = send(owner)

    assert response.status_code == 422
    assert "You have ten databases" in read(response).text


@pytest.mark.parametrize("changes", [{}, {"name": ""}, {"host": "/"}, {"tls_mode": "verify-ca"}])
def test_the_password_never_comes_back(owner, platform, changes):
    platform.answer(CREATE, status=400, response=invalid(("secret", "max-length")))

    source = send(owner, **changes).content.decode()

    assert "battery" not in source
    assert "Nobody keeps what you typed here, so please enter it once more." in source


def test_who_may_not_isnt_shown_the_form(owner, platform):
    platform.answer("GET database-configs/", response={"results": [], "can": []})

    assert owner.get(NEW).status_code == 403


@pytest.mark.parametrize(("status", "code"), [(403, "tenant-state"), (409, "another-conflict")])
def test_other_refusals_have_their_page(owner, platform, status, code):
    platform.answer(CREATE, status=status, response=problem(status, code))

    assert send(owner).status_code == status
