"""What browsers of the staff admin are told where the API's callers get a problem."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from backend.common import problems


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not _is_for_staff(request):
        return problems.handler403(request, exception)
    explanation = "Your groups don’t permit it. A superuser can change that."
    return _page(request, 403, "You may not do this", explanation)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not _is_for_staff(request):
        return problems.handler404(request, exception)
    explanation = "It was moved or never there, or what you wanted to do is done already."
    return _page(request, 404, "There is nothing here", explanation)


def _is_for_staff(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("admin:index"))


def _page(request: HttpRequest, status: int, title: str, explanation: str) -> HttpResponse:
    context = admin.site.each_context(request) | {"title": title, "explanation": explanation}
    response = TemplateResponse(request, "admin/refusal.html", context, status=status)
    return response.render()
