"""Where Stripe calls. Answers 200 to whatever it signed, so that it doesn't repeat it for days."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from backend.billing.gateways.stripe import event_of, notification_of
from backend.billing.workflows.receive_notification import receive_notification
from backend.common.problems import NotFound, problem_response

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """400 for what isn't signed with our secret, or was signed more than five minutes ago.

    A fault is a 500, and nothing is on record then: Stripe will say it again.
    """
    if not settings.STRIPE_WEBHOOK_SECRET:
        return problem_response(
            request, status=404, code=NotFound.code, title="Nothing is heard from Stripe here"
        )
    try:
        event = event_of(request.body, request.headers.get("Stripe-Signature", ""))
    except ValueError:
        log.warning("stripe event refused")
        return problem_response(
            request, status=400, code="signature-invalid", title="The signature isn't valid"
        )
    receive_notification(notification_of(event))
    return HttpResponse(status=200)
