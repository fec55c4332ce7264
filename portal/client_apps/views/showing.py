"""What the views of apps end in: the page that shows a key, once; and the end of an app."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from portal.api_client.client_apps import AppName
from portal.client_apps.first_call import curl_line, documentation_url
from portal.common.http import PortalRequest, see_other


def key_page(
    request: PortalRequest,
    slug: str,
    app: AppName,
    key: str,
    *,
    ends: datetime | None,
    old_keys_until: datetime | None = None,
) -> HttpResponse:
    """The reply to the form that made the key: without a session there is no other place for it.

    Nothing keeps it between two requests, and in an address it would lie in histories and logs. So
    this one write isn't followed by a redirect. Sending the form again is safe all the same: it
    carries the same idempotency key, with which the platform gives the same reply for a day and
    makes no second key. Where scripts run, loading the page again shows the app instead.
    """
    return render(
        request,
        "client_apps/key.html",
        {
            "slug": slug,
            "app": app,
            "key": key,
            "ends": ends,
            "old_keys_until": old_keys_until,
            "curl_line": curl_line(app.id, app.scopes, key),
            "documentation_url": documentation_url(),
        },
    )


def revoked_meanwhile(slug: str, app_id: UUID) -> HttpResponse:
    """Where every form about an app leads that is revoked: to what is left of it."""
    return see_other("client_apps:detail", slug, app_id, notice="app-revoked-meanwhile")
