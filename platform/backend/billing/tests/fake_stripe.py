"""A server on this machine that answers as Stripe does, for as much of it as we ask."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import stripe

Answer = tuple[int, dict[str, Any]]


@dataclass
class Request:
    path: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class FakeStripe:
    """Remembers what it was asked, and answers a key that it knows as it did before."""

    requests: list[Request] = field(default_factory=list)
    # What it says instead of yes, in this order; None: hang up.
    answers: list[Answer | None] = field(default_factory=list)
    refund_status: str = "succeeded"
    # Called while a request is being answered.
    meanwhile: Callable[[], None] = lambda: None
    known: dict[str, Answer] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: Request) -> Answer | None:
        self.requests.append(request)
        self.meanwhile()
        if self.answers:
            return self.answers.pop(0)
        if request.path.startswith("/v1/refunds?"):
            return 200, {"object": "list", "data": self.refunds, "has_more": False}
        key = request.headers["Idempotency-Key"]
        return self.known.setdefault(key, (200, self._made(request)))

    def _made(self, request: Request) -> dict[str, Any]:
        number = len(self.known) + 1
        if request.path == "/v1/checkout/sessions":
            return {
                "id": f"cs_test_{number}",
                "object": "checkout.session",
                "url": f"https://checkout.stripe.com/c/pay/cs_test_{number}",
            }
        assert request.path == "/v1/refunds"
        refund = {
            "id": f"re_{number}",
            "object": "refund",
            "status": self.refund_status,
            "amount": int(request.form["amount"]),
            "metadata": {"refund_id": request.form["metadata[refund_id]"]},
            "failure_reason": "lost_or_stolen_card" if self.refund_status == "failed" else None,
        }
        self.refunds.append(refund)
        return refund


def error(status: int, code: str) -> Answer:
    kind = "invalid_request_error" if status < 500 else "api_error"
    return status, {"error": {"type": kind, "code": code, "message": "In words of its own."}}


@contextmanager
def serving(fake: FakeStripe) -> Iterator[str]:
    """Its address, while it listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            given = Request(self.path, dict(parse_qsl(body)), dict(self.headers))
            answer = fake.answer(given)
            if answer is None:
                self.close_connection = True
                return
            status, said = answer
            sent = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def signed(event: dict[str, Any], secret: str, at: int) -> tuple[bytes, str]:
    """An event as Stripe sends it at a Unix time, with the signature that the SDK makes of it."""
    body = json.dumps(event)
    made = stripe.WebhookSignature._compute_signature(f"{at}.{body}", secret)
    return body.encode(), f"t={at},v1={made}"
