"""The platform starts with what it needs, or says what is missing, by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ENOUGH = {
    "SECRET_KEY": "s" * 50,
    "FIELD_ENCRYPTION_KEYS": "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMDA=",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "ALLOWED_HOSTS": "tavola.example",
    "EMAIL_URL": "smtp+tls://mail.example:587",
}
PRINT = "import backend.settings as s; print(s.DEBUG, s.ALLOWED_HOSTS, s.REDIS_URL)"


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=settings.BASE_DIR.parent,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_starts_with_what_is_required_and_without_debug() -> None:
    done = start(ENOUGH)
    assert done.stdout == "False ['tavola.example'] \n", done.stderr


@pytest.mark.parametrize("missing", ENOUGH)
def test_what_is_missing_is_named(missing: str) -> None:
    done = start({name: value for name, value in ENOUGH.items() if name != missing})
    assert done.returncode != 0
    assert missing in done.stderr.splitlines()[-1]


def test_a_mail_providers_backend_stands_for_an_address() -> None:
    environment = {name: value for name, value in ENOUGH.items() if name != "EMAIL_URL"}
    environment["EMAIL_BACKEND"] = "anymail.backends.postmark.EmailBackend"
    assert start(environment).returncode == 0


def test_a_secret_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "redis").write_text("redis://:secret@redis/0\n")
    done = start(ENOUGH | {"REDIS_URL_FILE": str(tmp_path / "redis")})
    assert done.stdout.endswith(" redis://:secret@redis/0\n")


def test_a_short_secret_is_refused() -> None:
    assert "SECRET_KEY is too short" in start(ENOUGH | {"SECRET_KEY": "short"}).stderr


def test_stripe_is_not_offered_without_hearing_from_it(tmp_path: Path) -> None:
    (tmp_path / "stripe").write_text("sk_test_1\n")
    key = {"STRIPE_SECRET_KEY_FILE": str(tmp_path / "stripe")}
    assert "STRIPE_WEBHOOK_SECRET is not set" in start(ENOUGH | key).stderr
    assert start(ENOUGH | key | {"STRIPE_WEBHOOK_SECRET": "whsec_1"}).returncode == 0


def test_no_mail_is_awaited_without_saying_from_whom() -> None:
    awaited = {"INBOUND_MAIL_DOMAIN": "Reply.Tavola.example"}
    assert "INBOUND_MAIL_PROVIDER is not set" in start(ENOUGH | awaited).stderr
    assert start(ENOUGH | awaited | {"INBOUND_MAIL_PROVIDER": "mailgun"}).returncode == 0
