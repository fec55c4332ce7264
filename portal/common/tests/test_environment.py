from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.common.environment import required

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in ("ALPHA", "ALPHA_FILE", "BETA", "BETA_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_what_is_missing_is_named_all_at_once_in_one_line(monkeypatch):
    monkeypatch.setenv("ALPHA", " ")

    with pytest.raises(ImproperlyConfigured) as error:
        required("ALPHA", "BETA")

    assert str(error.value) == (
        "Missing in the environment: ALPHA, BETA (or a file's path in NAME_FILE)."
    )


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "beta").write_text("of the file\n")
    monkeypatch.setenv("ALPHA", "of the environment")
    monkeypatch.setenv("BETA_FILE", str(tmp_path / "beta"))

    assert required("ALPHA", "BETA") == {"ALPHA": "of the environment", "BETA": "of the file"}


def test_the_environment_itself_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("ALPHA", "of the environment")
    monkeypatch.setenv("ALPHA_FILE", str(tmp_path / "nothing"))

    assert required("ALPHA") == {"ALPHA": "of the environment"}


def test_a_file_that_cant_be_read_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("ALPHA_FILE", str(tmp_path / "nothing"))

    with pytest.raises(ImproperlyConfigured, match="ALPHA_FILE="):
        required("ALPHA")


def settings_under(**environment: str) -> subprocess.CompletedProcess[str]:
    program = "from portal import settings; print(settings.DEBUG, settings.SID_COOKIE_SECURE)"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


SECRETS = {
    "SECRET_KEY": "x" * 50,
    "PLATFORM_URL": "http://127.0.0.1:1",
    "PLATFORM_APP_ID": "a",
    "PLATFORM_APP_KEY": "k",
}


def test_the_portal_doesnt_start_without_its_secrets():
    done = settings_under()

    assert done.returncode == 1
    assert (
        done.stderr.strip()
        .splitlines()[-1]
        .endswith(
            "Missing in the environment: SECRET_KEY, PLATFORM_URL, PLATFORM_APP_ID, "
            "PLATFORM_APP_KEY, ALLOWED_HOSTS (or a file's path in NAME_FILE)."
        )
    )


def test_its_commands_say_so_in_one_line():
    done = subprocess.run(
        [sys.executable, "manage_portal.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **SECRETS, "PLATFORM_APP_KEY": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == (
        "manage_portal.py: Missing in the environment: PLATFORM_APP_KEY, ALLOWED_HOSTS "
        "(or a file's path in NAME_FILE).\n"
    )


def test_it_is_strict_unless_told_otherwise():
    assert settings_under(**SECRETS, ALLOWED_HOSTS="x.example").stdout.strip() == "False True"
    assert settings_under(**SECRETS, DEBUG="1").stdout.strip() == "True False"
