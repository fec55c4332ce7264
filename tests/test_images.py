"""What is taken out of the images while they are built is missed by nothing that runs in them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Refuses what deploy/prune.py takes out, then does what the process does that is named.
PROBE = """
import os, sys, sysconfig
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from pathlib import Path
sys.path[:0] = ["deploy", "platform"]
import prune
site = Path(sysconfig.get_path("purelib"))
gone = set(prune.matching(site, prune.UNUSED_CODE))
assert site / "stripe" / "params" in gone

class Pruned(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        spec = PathFinder.find_spec(name, path, target)
        place = Path(spec.origin or next(iter(spec.submodule_search_locations))) if spec else None
        if place and not gone.isdisjoint([place, *place.parents]):
            raise ModuleNotFoundError(f"{name} isn't in the image")
        return None

sys.meta_path.insert(0, Pruned())
os.environ["DJANGO_SETTINGS_MODULE"] = "backend.test_settings"
import backend.wsgi
from django.core.management import call_command
call_command("check")
"""
API = """
from django.test import Client
described = Client().get("/api/schema/")
assert described.status_code == 200 and b"openapi: 3" in described.content
"""
STRIPE = """
import json, time
import stripe
from stripe._webhook import WebhookSignature
client = stripe.StripeClient("sk_test_x", http_client=stripe.RequestsClient(timeout=1))
assert client.v1.checkout.sessions and client.v1.refunds and client.v1.payment_intents
for about in ("checkout.session", "refund", "charge", "payment_intent", "issuing.card", "unknown"):
    body = json.dumps(
        {"id": "evt_1", "object": "event", "type": "x", "data": {"object": {"object": about}}}
    )
    now = int(time.time())
    sign = WebhookSignature._compute_signature(f"{now}.{body}", "whsec_x")
    event = stripe.Webhook.construct_event(body, f"t={now},v1={sign}", "whsec_x")
    assert event.to_dict()["data"]["object"] == {"object": about}
"""
WORKER = """
from backend.billing.documents.pdf import render
from backend.billing.tests.documents import some_facts
assert render(some_facts()).startswith(b"%PDF-1.7")
"""


@pytest.mark.parametrize("does", [API, STRIPE, WORKER], ids=["api", "stripe", "worker"])
def test_nothing_that_is_taken_out_is_missed(does: str) -> None:
    # Isolated from what this process has loaded, and from this directory's modules.
    command = [sys.executable, "-c", PROBE + does]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
