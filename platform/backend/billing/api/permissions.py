"""What a caller may do with invoices: replies carry it as `can`."""

from __future__ import annotations

from backend.billing.models.invoice import State
from backend.common.abilities import BILLING_PAY
from backend.common.caller import Caller


def invoice_actions(caller: Caller, state: str, due_minor: int) -> list[str]:
    return ["pay"] if state == State.OPEN and due_minor and caller.can(BILLING_PAY) else []


def account_actions(caller: Caller, due_minor: int, methods: list[str]) -> list[str]:
    return ["pay"] if due_minor and methods and caller.can(BILLING_PAY) else []
