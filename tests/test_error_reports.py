"""What Sentry gets to know, seen at the wire: where it broke, and nothing of who broke it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from devtools.check_commands import PLATFORM, PORTAL
from devtools.paths import ROOT

SECRETS = ("typed-password", "searched-name", "session-token", "held-in-a-variable", "203.0.113.7")
FAULT = """
import io, json, sys, types
import sentry_sdk, sentry_sdk.transport

class Wire(sentry_sdk.transport.Transport):
    def capture_envelope(self, envelope):
        events.extend(item.payload.json for item in envelope.items)

events = []
init = sentry_sdk.init
sentry_sdk.init = lambda **options: init(transport=Wire, **options)

import django
django.setup()
from django.core.wsgi import get_wsgi_application
from django.urls import path

def faulty(request):
    kept = "held-in-a-variable"
    raise ZeroDivisionError(len(request.body))

sys.modules["faulty_urls"] = types.SimpleNamespace(urlpatterns=[path("api/v1/faulty/", faulty)])
django.conf.settings.ROOT_URLCONF = "faulty_urls"
body = json.dumps({"code": "typed-password"}).encode()
get_wsgi_application()({
    "REQUEST_METHOD": "POST",
    "PATH_INFO": "/api/v1/faulty/",
    "QUERY_STRING": "q=searched-name",
    "CONTENT_TYPE": "application/json",
    "CONTENT_LENGTH": str(len(body)),
    "REMOTE_ADDR": "203.0.113.7",
    "SERVER_NAME": "tavola.example",
    "SERVER_PORT": "443",
    "HTTP_SEC_FETCH_SITE": "same-origin",
    "HTTP_COOKIE": "sid=session-token",
    "HTTP_X_SESSION_TOKEN": "session-token",
    "wsgi.input": io.BytesIO(body),
    "wsgi.url_scheme": "https",
    "wsgi.errors": sys.stderr,
}, lambda *_: None)
sentry_sdk.flush()
print(json.dumps(events))
"""


@pytest.mark.parametrize("side", ["platform", "portal"])
def test_a_report_says_where_and_not_what_was_sent(side: str) -> None:
    settings, source = (PLATFORM, ROOT / "platform") if side == "platform" else (PORTAL, ROOT)
    done = subprocess.run(
        [sys.executable, "-c", FAULT],
        cwd=source,
        env=os.environ
        | settings
        | {
            "SENTRY_DSN": "https://key@sentry.example/1",
            "SECURE_SSL_REDIRECT": "0",
            "LOG_LEVEL": "CRITICAL",
        },
        capture_output=True,
        text=True,
        check=True,
    )

    (report,) = json.loads(done.stdout.splitlines()[-1])
    assert report["exception"]["values"][-1]["type"] == "ZeroDivisionError"
    assert report["request"] == {"method": "POST", "url": "https://tavola.example/api/v1/faulty/"}
    assert not [secret for secret in SECRETS if secret in json.dumps(report)]
