"""Services of the tests, beyond those of the contract's examples."""

from __future__ import annotations

from typing import Any

from portal.api_client.tests.fake_platform import response_of

HOUSE = "01993f00-0000-7000-8000-000000000001"
INVOICE = "01993f10-0000-7000-8000-000000000002"
PAGE = "/t/aurora/services/"
ONE = f"{PAGE}{HOUSE}/"
PLANS = f"{PAGE}plans/"
PAY = f"/t/aurora/billing/pay/?invoice={INVOICE}"
LIST = "GET services/"
GET = "GET services/{id}/"
ORDER = "POST services/"
QUOTE = "GET services/{id}/plan-change/"
CHANGE = "POST services/{id}/plan-change/"
KEEP_PLAN = "DELETE services/{id}/plan-change/"
CANCEL = "POST services/{id}/cancellation/"
KEEP = "DELETE services/{id}/cancellation/"


def service(**changes: Any) -> dict[str, Any]:
    """The plan House, active and with nothing decided, but for `changes`."""
    known = response_of("service-retrieve") | {"planned": None, "can": ["change-plan", "cancel"]}
    return {**known, **changes}


def usage(limit: str, used: int | None, included: int | None, **members: Any) -> dict[str, Any]:
    return {
        "limit": limit,
        "used": used,
        "included": included,
        "is_hard": True,
        "overage_minor": None,
        **members,
    }
