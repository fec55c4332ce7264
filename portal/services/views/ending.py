"""Ending a service, and taking back what was decided about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from portal.api_client.errors import Conflict
from portal.common.abilities import need
from portal.common.forms import RelayForm
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.services.forms import CancelForm
from portal.services.views.overview import row_of

# Somebody else was faster: the page shows how things are.
OVERTAKEN = frozenset({"nothing-planned", "change-planned", "transition-refused", "same-plan"})


@page_with_form
def cancel(request: PortalRequest, slug: str, service_id: UUID) -> HttpResponse:
    service = request.platform.services.get(service_id)
    form = CancelForm(request.POST or None, service=service)
    if form.is_valid():
        _need_to_manage(request)
        try:
            with form.relaying():
                ended = request.platform.services.cancel(
                    service_id,
                    at=form.values["at"],
                    reason=form.values["reason"],
                    idempotency_key=form.key,
                )
                word = "service-ended" if ended.state == "cancelled" else "service-end-planned"
                return see_other("services:list", slug, notice=word)
        except Conflict as conflict:
            return overtaken(conflict, slug)
    if "cancel" not in service.can:
        return moved_on(request, slug)
    return render(
        request,
        "services/cancel.html",
        {"slug": slug, "row": row_of(service, slug), "form": form},
        status=form.status,
    )


@require_POST
def keep_plan(request: PortalRequest, slug: str, service_id: UUID) -> HttpResponse:
    return _take_back(
        request,
        slug,
        service_id,
        request.platform.services.withdraw_plan_change,
        notice="plan-change-withdrawn",
    )


@require_POST
def keep_service(request: PortalRequest, slug: str, service_id: UUID) -> HttpResponse:
    return _take_back(
        request,
        slug,
        service_id,
        request.platform.services.withdraw_cancellation,
        notice="service-end-withdrawn",
    )


def _take_back(
    request: PortalRequest,
    slug: str,
    service_id: UUID,
    withdraw: Callable[..., Any],
    *,
    notice: str,
) -> HttpResponse:
    form = RelayForm(request.POST)
    if form.is_valid():
        try:
            withdraw(service_id, idempotency_key=form.key)
        except Conflict as conflict:
            return overtaken(conflict, slug)
    return see_other("services:list", slug, notice=notice)


def overtaken(conflict: Conflict, slug: str) -> HttpResponse:
    if conflict.code not in OVERTAKEN:
        raise conflict
    return see_other("services:list", slug, notice="service-moved-on")


def moved_on(request: PortalRequest, slug: str) -> HttpResponse:
    """Who pressed "back", or has an old page, reads how things are; others may not be here."""
    _need_to_manage(request)
    return see_other("services:list", slug, notice="service-moved-on")


def _need_to_manage(request: PortalRequest) -> None:
    need("services.manage", request.viewer.abilities if request.viewer else ())
