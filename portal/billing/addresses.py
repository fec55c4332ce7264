"""Where things are paid."""

from urllib.parse import urlencode
from uuid import UUID

from django.shortcuts import resolve_url


def pay_url(slug: str, invoice_id: UUID | None = None) -> str:
    """The page that asks how to pay this invoice, or all that is due."""
    page = resolve_url("billing:pay", slug)
    return f"{page}?{urlencode({'invoice': invoice_id})}" if invoice_id else page
