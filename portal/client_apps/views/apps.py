"""The list of apps, and one app: making, showing, changing and revoking it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.client_apps.first_call import curl_line, documentation_url
from portal.client_apps.forms import AppForm, NewAppForm
from portal.client_apps.scopes import labels_of
from portal.client_apps.states import AppRow, KeyRow
from portal.client_apps.views.showing import key_page, revoked_meanwhile
from portal.common.abilities import need
from portal.common.forms import RelayForm
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.ui.components.tables import Column

COLUMNS = (
    Column(_("App")),
    Column(_("What it may do")),
    Column(_("Last used")),
    Column(_("State")),
)
KEY_COLUMNS = (
    Column(_("Key")),
    Column(_("State")),
    Column(_("Last used")),
    Column(_("Made")),
    Column(_("Ends")),
    Column(_("Revoke"), "hidden"),
)


@require_safe
def listing(request: PortalRequest, slug: str) -> HttpResponse:
    state = "revoked" if request.GET.get("state") == "revoked" else "current"
    cursor = request.GET.get("cursor", "")
    page = request.platform.client_apps.list(state=state, cursor=cursor)
    return render(
        request,
        "client_apps/list.html",
        {
            "slug": slug,
            "page": page,
            "rows": [AppRow(app) for app in page.results],
            "state": state,
            "columns": COLUMNS,
            "first_run": not page.results and state == "current" and not cursor,
            "documentation_url": documentation_url(),
        },
    )


@page_with_form
def new(request: PortalRequest, slug: str) -> HttpResponse:
    """Ends in the page that shows the first key; see there why it isn't redirected to."""
    form = NewAppForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            app = request.platform.client_apps.create(**form.values, idempotency_key=form.key)
            return key_page(request, slug, app, app.key, ends=app.expires_at)
    page = request.platform.client_apps.list()
    need("create", page.can)
    form.offer(page.scopes_available)
    return render(request, "client_apps/new.html", {"slug": slug, "form": form}, status=form.status)


@require_safe
def detail(request: PortalRequest, slug: str, app_id: UUID) -> HttpResponse:
    app = request.platform.client_apps.get(app_id)
    return render(
        request,
        "client_apps/detail.html",
        {
            "slug": slug,
            "app": app,
            "may": labels_of(app.scopes),
            "keys": [KeyRow(key) for key in app.keys],
            "columns": KEY_COLUMNS,
            "curl_line": curl_line(app.id, app.scopes),
            "documentation_url": documentation_url(),
        },
    )


@page_with_form
def edit(request: PortalRequest, slug: str, app_id: UUID) -> HttpResponse:
    form = AppForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.client_apps.update(app_id, form.values, idempotency_key=form.key)
            return see_other("client_apps:detail", slug, app_id, notice="app-saved")
    app = request.platform.client_apps.get(app_id)
    if app.revoked_at:
        return revoked_meanwhile(slug, app_id)
    need("update", app.can)
    if not form.is_bound:
        form = AppForm(initial={"name": app.name, "scopes": app.scopes})
    form.offer(app.scopes_available, kept=app.scopes)
    return render(
        request,
        "client_apps/edit.html",
        {"slug": slug, "app": app, "form": form},
        status=form.status,
    )


@page_with_form
def revoke(request: PortalRequest, slug: str, app_id: UUID) -> HttpResponse:
    form = RelayForm(request.POST or None)
    if form.is_valid():
        request.platform.client_apps.revoke(app_id, idempotency_key=form.key)
        return see_other("client_apps:list", slug, notice="app-revoked")
    app = request.platform.client_apps.get(app_id)
    if app.revoked_at:
        return revoked_meanwhile(slug, app_id)
    need("revoke", app.can)
    return render(request, "client_apps/revoke.html", {"slug": slug, "app": app, "form": form})
