"""Is this process up, is the platform behind it, and what to tell customers about that."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.api_client.health import platform_is_ready


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Depends on nothing, so that a platform in trouble doesn't take the portal down as well."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    if platform_is_ready():
        return JsonResponse({"status": "ok"})
    return JsonResponse({"status": "platform unreachable"}, status=503)


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Tells customers whether it is us."""
    return render(request, "common/status.html", {"working": platform_is_ready()})
