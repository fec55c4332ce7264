"""Staff write first: a ticket that they open for a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from backend.common.admin import staff_actor, submitted
from backend.common.problems import Problem
from backend.tickets.admin.forms import OpenForm
from backend.tickets.models import Side, Ticket, Via
from backend.tickets.workflows.open_ticket import Matter, open_ticket

if TYPE_CHECKING:
    from backend.common.admin import ModelAdmin as _Base
else:
    _Base = object


class Opening(_Base):
    """To be mixed in before `ModelAdmin`."""

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = OpenForm(submitted(request), initial={"tenant": request.GET.get("tenant")})
        if form.is_valid():
            try:
                with transaction.atomic():
                    ticket = self._open(request, form.cleaned_data)
            except Problem as problem:
                form.add_error(None, str(problem.detail))
            else:
                return self.back_to(request, ticket, f"Ticket #{ticket.number} is opened.")
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Open a ticket for a tenant",
            "media": self.media + form.media,
            "form": form,
            "explanation": "You write first, and the customer answers.",
            "submit_label": "Open and send",
            "back": reverse("admin:tickets_ticket_changelist"),
        }
        return TemplateResponse(request, "admin/action_page.html", context)

    def _open(self, request: HttpRequest, answers: dict[str, Any]) -> Ticket:
        matter = Matter(answers["subject"], answers["department"], answers["priority"])
        ticket, _ = open_ticket(
            answers["tenant"].pk,
            matter,
            body=answers["body"],
            by=staff_actor(request),
            via=Via.ADMIN,
            side=Side.STAFF,
        )
        self.log_addition(request, ticket, "Opened.")
        return ticket
