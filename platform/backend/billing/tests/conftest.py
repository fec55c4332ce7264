"""The operator as a seller, and its plans."""

from __future__ import annotations

import pytest

from backend.billing.models import Seller
from backend.billing.tests.cast import make_plans, make_seller
from backend.services.models import Plan


@pytest.fixture
def seller(db: None) -> Seller:
    """An Austrian company: charges 20 percent at home."""
    return make_seller()


@pytest.fixture
def plans(db: None) -> dict[str, Plan]:
    return make_plans()
