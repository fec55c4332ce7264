"""Health addresses, asked by orchestrators and load balancers many times a minute.

`live` says that this process answers: restarting it would cure nothing else, so a database that is
away must not make it fail. `ready` says whether requests should be sent here.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.common.problems import problem_response
from backend.operations import readiness


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "live"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    try:
        readiness.check()
    except readiness.NotReady as reason:
        response = problem_response(
            request, status=503, code="not-ready", title="Not ready", detail=str(reason)
        )
        response["Retry-After"] = "5"
        return response
    return JsonResponse({"status": "ready"})
