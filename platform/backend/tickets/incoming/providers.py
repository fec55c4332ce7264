"""The mail providers whose webhooks are understood, and what keeps others from calling them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.conf import settings

_VIEWS: Final[Mapping[str, str]] = {
    "mailersend": "anymail.webhooks.mailersend.MailerSendInboundWebhookView",
    "mailgun": "anymail.webhooks.mailgun.MailgunInboundWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetInboundWebhookView",
    "mandrill": "anymail.webhooks.mandrill.MandrillCombinedWebhookView",
    "postal": "anymail.webhooks.postal.PostalInboundWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkInboundWebhookView",
    "sparkpost": "anymail.webhooks.sparkpost.SparkPostInboundWebhookView",
}
# These sign what they send, with a key that is named so among anymail's settings.
_KEYS: Final[Mapping[str, str]] = {
    "mailersend": "MAILERSEND_INBOUND_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "mandrill": "MANDRILL_WEBHOOK_KEY",
    "postal": "POSTAL_WEBHOOK_KEY",
}
KNOWN: Final = frozenset(_VIEWS)


def view_of(provider: str) -> str:
    """The dotted name of anymail's view for its webhook."""
    return _VIEWS[provider]


def needed(provider: str) -> str:
    """The setting of anymail without which anybody could call in the provider's name."""
    return _KEYS.get(provider, "WEBHOOK_SECRET")


def is_protected(provider: str) -> bool:
    return bool(settings.ANYMAIL.get(needed(provider)))
