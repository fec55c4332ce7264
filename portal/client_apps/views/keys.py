"""An app's keys: a new one in place of the old, and the end of one."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from portal.client_apps.forms import RotateForm
from portal.client_apps.views.showing import key_page, revoked_meanwhile
from portal.common.abilities import need
from portal.common.forms import RelayForm
from portal.common.http import PortalRequest, page_with_form, see_other


@page_with_form
def rotate(request: PortalRequest, slug: str, app_id: UUID) -> HttpResponse:
    """Ends in the page that shows the new key; see there why it isn't redirected to."""
    form = RotateForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            made = request.platform.client_apps.rotate(
                app_id, **form.values, idempotency_key=form.key
            )
            return key_page(
                request,
                slug,
                made.app,
                made.key,
                ends=made.expires_at,
                old_keys_until=made.old_keys_until,
            )
    app = request.platform.client_apps.get(app_id)
    if app.revoked_at:
        return revoked_meanwhile(slug, app_id)
    need("rotate", app.can)
    return render(
        request,
        "client_apps/rotate.html",
        {"slug": slug, "app": app, "form": form},
        status=form.status,
    )


@page_with_form
def revoke(request: PortalRequest, slug: str, app_id: UUID, key_id: UUID) -> HttpResponse:
    form = RelayForm(request.POST or None)
    if form.is_valid():
        request.platform.client_apps.revoke_key(app_id, key_id, idempotency_key=form.key)
        return see_other("client_apps:detail", slug, app_id, notice="app-key-revoked")
    app = request.platform.client_apps.get(app_id)
    if app.revoked_at:
        return revoked_meanwhile(slug, app_id)
    need("revoke", app.can)
    key = next((each for each in app.keys if each.id == key_id and each.usable), None)
    if key is None:
        return see_other("client_apps:detail", slug, app_id, notice="app-key-over")
    return render(
        request,
        "client_apps/revoke_key.html",
        {"slug": slug, "app": app, "key": key, "form": form},
    )
