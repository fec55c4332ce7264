"""Staff looking into a tenant's own data: with a reason, asked once a visit, and on record first.

Whatever belongs to a tenant rather than to the operator (its guests, later its tabs) has an admin
that inherits from :class:`PrivateRows`: it shows the tenants that this member of staff has entered,
and leads to the question for every other. A visit lasts as long as the staff's session, at most
eight hours. Tickets are written to the operator: their pages say that they were read, unasked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.apps import apps
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from backend.audit.recording import record
from backend.common.admin import staff_actor

if TYPE_CHECKING:
    from backend.common.admin import ModelAdmin as _Base
else:
    _Base = object

LASTS: Final = timedelta(hours=8)
SESSION_KEY: Final = "entered_tenants"


def entered(request: HttpRequest) -> set[UUID]:
    """The tenants that this member of staff looks into at present."""
    now = timezone.now()
    return {UUID(tenant_id) for tenant_id, until in _visits(request).items() if until > now}


def enter(request: HttpRequest, tenant: models.Model, reason: str) -> None:
    record("staff.entered", tenant_id=tenant.pk, by=staff_actor(request), data={"reason": reason})
    visits = {**_visits(request), str(tenant.pk): timezone.now() + LASTS}
    request.session[SESSION_KEY] = {each: until.isoformat() for each, until in visits.items()}


def question(tenant_id: Any, wanted: str) -> str:
    """The page that asks for the reason, and leads on to what was wanted."""
    address = reverse("admin:audit_auditevent_enter", args=[tenant_id])
    return f"{address}?{urlencode({'next': wanted})}"


def _visits(request: HttpRequest) -> dict[str, datetime]:
    stored: dict[str, str] = request.session.get(SESSION_KEY, {})
    found = {tenant_id: parse_datetime(until) for tenant_id, until in stored.items()}
    return {tenant_id: until for tenant_id, until in found.items() if until}


class PrivateRows(_Base):
    """To be mixed in first, for rows that are a tenant's own.

    `get_queryset` is what Django's lists, pages, histories and autocompletion read from; a subclass
    with one of its own ends it with :meth:`visible`.
    """

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.visible(request, super().get_queryset(request))

    def visible(self, request: HttpRequest, rows: Any) -> Any:
        return rows.filter(tenant_id__in=entered(request))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        asked_for = request.GET.get("tenant__id__exact", "")
        if asked_for and self._must_ask(request, asked_for):
            return HttpResponseRedirect(question(asked_for, request.get_full_path()))
        self._tell_whose(request)
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if self.has_view_or_change_permission(request):
            tenant_id = self._tenant_of(object_id)
            if tenant_id and tenant_id not in entered(request):
                return HttpResponseRedirect(question(tenant_id, request.get_full_path()))
        return super().change_view(request, object_id, form_url, extra_context)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """By its id alone: the staff's history outlives a guest who is erased."""
        return LogEntry.objects.create(
            user_id=str(request.user.pk),
            content_type_id=ContentType.objects.get_for_model(obj).pk,
            object_id=str(obj.pk),
            object_repr=str(obj.pk),
            action_flag=CHANGE,
            change_message=message,
        )

    def _must_ask(self, request: HttpRequest, tenant_id: str) -> bool:
        if not self.has_view_or_change_permission(request):
            return False
        try:
            return UUID(tenant_id) not in entered(request)
        except ValueError:
            return False

    def _tenant_of(self, object_id: str) -> UUID | None:
        try:
            key = self.opts.pk.to_python(object_id)
        except ValidationError:
            return None
        rows = self.model._default_manager.filter(pk=key)  # noqa: SLF001 - Django's public name
        found: UUID | None = rows.values_list("tenant_id", flat=True).first()
        return found

    def _tell_whose(self, request: HttpRequest) -> None:
        tenants = apps.get_model("tenants", "Tenant").objects.filter(pk__in=entered(request))
        names = ", ".join(tenants.values_list("name", flat=True))
        if names:
            messages.info(request, f"You are looking into {names}.")
        else:
            messages.info(
                request,
                "These rows belong to the tenants. Choose one by the filter, or from the list of "
                "tenants, and say why you look into it.",
            )
