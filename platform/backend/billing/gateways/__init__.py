"""The ways of paying, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from backend.billing.gateways.base import Gateway
from backend.billing.gateways.sandbox import Sandbox
from backend.billing.gateways.stripe import Stripe
from backend.billing.gateways.transfer import Transfer
from backend.billing.models.money import Method

GATEWAYS: Final[Mapping[str, Gateway]] = {
    Method.TRANSFER: Transfer(),
    Method.CARD: Sandbox(),
    Method.STRIPE: Stripe(),
}


def offered() -> list[str]:
    """The methods that this installation takes, in the order in which they are shown."""
    return [str(method) for method, gateway in GATEWAYS.items() if gateway.is_offered()]
