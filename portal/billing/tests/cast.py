"""Invoices and payments of the tests, beyond those of the contract's examples."""

from __future__ import annotations

from typing import Any

from portal.api_client.tests.fake_platform import response_of

OVERDUE = "01995a00-0000-7000-8000-000000000024"
NOTE = "01995b00-0000-7000-8000-000000000003"
PAYMENT = "01995c00-0000-7000-8000-000000000004"
PAGE = "/t/aurora/billing/"
INVOICES = f"{PAGE}invoices/"
INVOICE = f"{INVOICES}{OVERDUE}/"
NOTES = f"{PAGE}credit-notes/"
PAYMENTS = f"{PAGE}payments/"
ONE = f"{PAYMENTS}{PAYMENT}/"
PAY = f"{PAGE}pay/"
PAY_ONE = f"{PAY}?invoice={OVERDUE}"
GET_BILLING = "GET billing/"
LIST_INVOICES = "GET invoices/"
GET_INVOICE = "GET invoices/{id}/"
LIST_PAYMENTS = "GET payments/"
GET_PAYMENT = "GET payments/{id}/"
BEGIN = "POST payments/"
CARD = "POST payments/{id}/card/"
LOOKS_AGAIN = '<meta name="looks-again" content="2">'


def invoice(**changes: Any) -> dict[str, Any]:
    """The overdue one, but for `changes`."""
    return {**response_of("invoice-retrieve"), **changes}


def card_payment(**changes: Any) -> dict[str, Any]:
    """By card, while nobody has typed one yet."""
    return {**response_of("payment-create-card"), **changes}
