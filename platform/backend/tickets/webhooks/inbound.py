"""Where the mail provider calls. What it didn't send is refused, and read by nobody."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, Final

import structlog
from anymail.signals import AnymailInboundEvent, inbound
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from backend.common.problems import NotFound, PayloadTooLarge, problem_response
from backend.tickets.incoming.mail import IncomingMessage
from backend.tickets.incoming.providers import is_protected, view_of
from backend.tickets.reply_addresses import is_configured
from backend.tickets.webhooks.requests import MailRequest
from backend.tickets.workflows.receive_mail import receive_mail

# The largest mails that are common have 25 MB, and as JSON they are a third longer.
LARGEST: Final = 35_000_000
# Mailgun signs the time and a token, and asks us to look at both; it repeats what failed for 8 h.
SIGNED_WITHIN: Final = timedelta(hours=12)
# What Python's reading fails with, over headers and parts that no mail program writes.
UNREADABLE: Final = (
    AttributeError,
    LookupError,
    NameError,
    RecursionError,
    TypeError,
    ValueError,
)

log = structlog.get_logger(__name__)


class SignatureTooOld(SuspiciousOperation):
    """It may have been overheard long ago."""


@csrf_exempt
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """200 for each mail that is known now, whatever became of it. 400 for what isn't signed.

    A fault is a 500, and nothing is on record then: the provider delivers it again.
    """
    if not is_configured() or provider != settings.INBOUND_MAIL_PROVIDER:
        return _refusal(request, 404, NotFound.code, "No mail is heard from there")
    if not is_protected(provider):
        log.error("incoming mail is not protected", provider=provider)
        return _refusal(request, 404, NotFound.code, "No mail is heard from there")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return _refusal(request, 413, PayloadTooLarge.code, PayloadTooLarge.title)
    answer: HttpResponse = _view(provider).as_view()(MailRequest(request))
    return answer


@cache
def _view(provider: str) -> Any:
    """Anymail's, which tells us of each mail; one that nobody can read isn't wanted again."""
    anymails: Any = import_string(view_of(provider))

    class Readable(anymails):
        def parse_events(self, request: HttpRequest) -> Any:
            try:
                return super().parse_events(request)
            except UNREADABLE as error:
                log.error("incoming mail can't be read", reason=type(error).__name__)
                return []

    return Readable


@receiver(inbound)
def hand_over(sender: Any, event: AnymailInboundEvent, esp_name: str, **kwargs: Any) -> None:
    """What anymail made of the request, once it has found it signed."""
    signed_as = ""
    if esp_name == "Mailgun":
        if event.timestamp < timezone.now() - SIGNED_WITHIN:
            raise SignatureTooOld
        signed_as = f"mailgun:{event.event_id}"
    delivery = f"{esp_name}:{event.event_id}" if event.event_id else ""
    receive_mail(IncomingMessage(event.message, delivery=delivery), signed_as=signed_as)


def _refusal(request: HttpRequest, status: int, code: str, title: str) -> HttpResponse:
    return problem_response(request, status=status, code=code, title=title)
