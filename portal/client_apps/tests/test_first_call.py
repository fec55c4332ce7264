from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from portal.client_apps.first_call import curl_line, documentation_url

ROOT = Path(__file__).resolve().parents[3]
APP = UUID("01993f00-0000-7000-8000-000000000004")


@pytest.mark.parametrize(
    ("scopes", "path"),
    [
        (["tenant.read", "customers.read"], "crm/customers/?limit=5"),
        (["tenant.read", "customers.create"], "tenant/"),
        (["customers.create"], "countries/"),
        ([], "countries/"),
    ],
)
def test_it_asks_what_the_app_may_ask(settings, scopes, path):
    settings.PLATFORM_PUBLIC_URL = "https://platform.example"

    words = shlex.split(curl_line(APP, scopes, "tvk_x-_9"))

    assert words == [
        "curl",
        f"https://platform.example/api/v1/{path}",
        "-H",
        f"X-App-ID: {APP}",
        "-H",
        "Authorization: Bearer tvk_x-_9",
    ]


def test_without_a_key_there_is_a_place_for_it(settings):
    assert curl_line(APP, []).endswith('"Authorization: Bearer YOUR_KEY"')


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, "http://inside:8000/api/docs/"),
        ({"PLATFORM_PUBLIC_URL": ""}, "http://inside:8000/api/docs/"),
        ({"PLATFORM_PUBLIC_URL": "https://api.example/"}, "https://api.example/api/docs/"),
    ],
)
def test_the_address_shown_is_the_public_one(given, shown):
    """Settings are read once: in a process of its own."""
    code = (
        "import django; django.setup()\n"
        "from portal.client_apps.first_call import documentation_url\n"
        "print(documentation_url())"
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DEBUG": "1",
        "SECRET_KEY": "x",
        "PLATFORM_URL": "http://inside:8000",
        "PLATFORM_APP_ID": "x",
        "PLATFORM_APP_KEY": "x",
        **given,
    }
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == shown
    assert documentation_url().endswith("/api/docs/")
