"""The business's databases: the list, and one of them."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from portal.api_client import parallel
from portal.api_client.errors import Conflict, PreconditionFailed
from portal.common.abilities import need
from portal.common.edits import WithEtagForm
from portal.common.forms import RelayForm
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.database_configs.forms import DatabaseEditForm, DatabaseForm
from portal.database_configs.words import OUTCOMES, STATUSES, TLS_MODES, findings_of, trouble_of
from portal.ui.components.tables import Column

COLUMNS = (Column(_("Database")), Column(_("Host")), Column(_("Last checked")), Column(_("State")))
HISTORY_COLUMNS = (
    Column(_("When")),
    Column(_("By")),
    Column(_("Result")),
    Column(_("What failed")),
)
LOOK_AGAIN_AFTER = 1


@require_safe
def listing(request: PortalRequest, slug: str) -> HttpResponse:
    page = request.platform.database_configs.all()
    rows = [(config, STATUSES[config.status]) for config in page.results]
    return render(
        request,
        "database_configs/list.html",
        {"slug": slug, "page": page, "rows": rows, "columns": COLUMNS},
    )


@page_with_form
def new(request: PortalRequest, slug: str) -> HttpResponse:
    form = DatabaseForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            config = request.platform.database_configs.create(
                {"engine": "postgresql", **form.values}, idempotency_key=form.key
            )
            return see_other("database_configs:detail", slug, config.id, notice="database-added")
    page = request.platform.database_configs.all()
    need("create", page.can)
    return render(
        request, "database_configs/new.html", {"slug": slug, "form": form}, status=form.status
    )


@require_safe
def detail(request: PortalRequest, slug: str, config_id: UUID) -> HttpResponse:
    config = request.platform.database_configs.get(config_id)
    last = config.last_validation
    return render(
        request,
        "database_configs/detail.html",
        {
            "slug": slug,
            "config": config,
            "last": last,
            "status": STATUSES[config.status],
            "tls_mode": TLS_MODES.get(config.tls_mode, config.tls_mode),
            "findings": findings_of(last) if last else [],
            "form": RelayForm(),
            "look_again_after": LOOK_AGAIN_AFTER,
        },
    )


@require_POST
def validate(request: PortalRequest, slug: str, config_id: UUID) -> HttpResponse:
    form = RelayForm(request.POST)
    if form.is_valid():
        try:
            request.platform.database_configs.validate(config_id, idempotency_key=form.key)
        except Conflict as conflict:
            # Somebody else was faster: the page shows how far it is.
            if conflict.code != "validation-running":
                raise
    return see_other("database_configs:detail", slug, config_id)


@page_with_form
def edit(request: PortalRequest, slug: str, config_id: UUID) -> HttpResponse:
    form = DatabaseEditForm(request.POST or None)
    overtaken = False
    if form.is_valid():
        if not form.changes:
            return see_other("database_configs:detail", slug, config_id)
        try:
            with form.relaying():
                request.platform.database_configs.update(
                    config_id,
                    form.changes,
                    etag=form.cleaned_data["etag"],
                    idempotency_key=form.key,
                )
                return see_other(
                    "database_configs:detail", slug, config_id, notice="database-saved"
                )
        except PreconditionFailed:
            overtaken = True
    config = request.platform.database_configs.get(config_id)
    need("update", config.can)
    context = {"slug": slug, "config": config}
    if overtaken:
        context |= {
            "form": form.on_top_of(config),
            "differences": form.differences(config),
            "secret_again": "secret" in form.changes,
        }
        return render(request, "database_configs/overtaken.html", context, status=409)
    if not form.is_bound:
        form = DatabaseEditForm.of(config)
    return render(
        request, "database_configs/edit.html", {**context, "form": form}, status=form.status
    )


@page_with_form
def delete(request: PortalRequest, slug: str, config_id: UUID) -> HttpResponse:
    form = WithEtagForm(request.POST or None)
    overtaken = False
    if form.is_valid():
        try:
            request.platform.database_configs.delete(
                config_id, etag=form.cleaned_data["etag"], idempotency_key=form.key
            )
            return see_other("database_configs:list", slug, notice="database-deleted")
        except PreconditionFailed:
            overtaken = True
    config = request.platform.database_configs.get(config_id)
    need("delete", config.can)
    return render(
        request,
        "database_configs/delete.html",
        {
            "slug": slug,
            "config": config,
            "form": WithEtagForm(initial={"etag": config.etag}),
            "overtaken": overtaken,
        },
        status=409 if overtaken else 200,
    )


@require_safe
def history(request: PortalRequest, slug: str, config_id: UUID) -> HttpResponse:
    cursor = request.GET.get("cursor", "")
    config, page = parallel(
        lambda: request.platform.database_configs.get(config_id),
        lambda: request.platform.database_configs.validations(config_id, cursor=cursor),
    )
    rows = [(each, OUTCOMES[each.status], trouble_of(each)) for each in page.results]
    return render(
        request,
        "database_configs/history.html",
        {"slug": slug, "config": config, "page": page, "rows": rows, "columns": HISTORY_COLUMNS},
    )
