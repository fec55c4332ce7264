"""Which ways of paying there are: what the operator has set up, and no sandbox by accident."""

from __future__ import annotations

from typing import Any

import pytest

from backend.billing.gateways import GATEWAYS, offered
from backend.billing.models.money import Method
from backend.common import checks


def test_every_method_has_its_gateway() -> None:
    assert {method: gateway.method for method, gateway in GATEWAYS.items()} == {
        method: method for method in Method
    }


@pytest.mark.parametrize(
    ("sandbox", "key", "methods"),
    [
        (False, "", ["transfer"]),
        (True, "", ["transfer", "card"]),
        (False, "sk_live_1", ["transfer", "stripe"]),
    ],
)
def test_what_is_set_up_is_offered(
    settings: Any, sandbox: bool, key: str, methods: list[str]
) -> None:
    settings.SANDBOX_PAYMENTS, settings.STRIPE_SECRET_KEY = sandbox, key
    assert offered() == methods


def test_a_deployment_is_warned_of_the_sandbox(settings: Any) -> None:
    settings.SANDBOX_PAYMENTS = True
    assert checks.no_sandbox(None) == [checks.PAYING_WITH_NOTHING]
    settings.SANDBOX_PAYMENTS = False
    assert checks.no_sandbox(None) == []
