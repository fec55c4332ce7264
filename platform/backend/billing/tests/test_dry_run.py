"""The preview of a run: what it tells is what the run then does, and nothing of it stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from backend.billing.runs.steps import STEPS, run
from backend.billing.runs.when import When
from backend.billing.tests.cast import SYSTEM, issued
from backend.billing.tests.runs import active, at, done, ordered
from backend.billing.tests.test_usage_charged import dearer_above
from backend.billing.workflows.take_payment import announce_payment
from backend.conftest import House
from backend.services.models import Plan

APPS = ("audit", "billing", "services", "tenants", "procrastinate")


def everything() -> dict[str, list[Any]]:
    """Every row that a run could touch, jobs and number series too."""
    return {
        model._meta.label: list(model.objects.order_by("pk").values())
        for label in APPS
        for model in apps.get_app_config(label).get_models()
    }


@pytest.fixture
def something_for_each_step(aurora: House, bluefin: House, plans: dict[str, Plan]) -> None:
    """On 1 March at noon."""
    dearer_above(plans["house"], "members", 100)
    with at("2027-01-01"):
        active(aurora)
        issued(bluefin)
    with at("2027-01-31"):
        ordered(bluefin, "starter")
    with at("2027-02-01"):
        done("renewals")
    with at("2027-02-24"):
        done("reminders")
        announce_payment(bluefin.tenant.pk, [issued(bluefin)], "card", by=SYSTEM)


@pytest.mark.django_db
@pytest.mark.usefixtures("seller", "something_for_each_step")
def test_it_tells_what_the_run_does_and_keeps_nothing() -> None:
    with at("2027-03-01"):
        before = everything()
        preview = list(run(list(STEPS), When(timezone.now()), dry_run=True))
        assert everything() == before
        assert list(run(list(STEPS), When(timezone.now()))) == preview
        assert everything() != before
    assert {name for name, outcome in preview if outcome.told} == set(STEPS)
    assert not any(outcome.failure for _, outcome in preview)
