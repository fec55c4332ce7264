"""The jobs of payments: notifications that come later, and refunds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backend.billing import jobs
from backend.billing.errors import GatewayFailed
from backend.billing.gateways.sandbox import notification_of
from backend.billing.workflows.receive_notification import receive_notification
from backend.billing.workflows.send_refund import send_refund


@app.task(name=jobs.RECEIVE_FROM_SANDBOX, queue=jobs.QUEUE)
def receive_from_sandbox(event: dict[str, Any]) -> None:
    receive_notification(notification_of(event))


# 5 s to 4 h, 5 h in all: within the day for which Stripe knows a request again by its key.
@app.task(
    name=jobs.SEND_REFUND,
    queue=jobs.QUEUE,
    retry=RetryStrategy(max_attempts=6, exponential_wait=5, retry_exceptions={GatewayFailed}),
)
def send(refund_id: str) -> None:
    send_refund(UUID(refund_id))
