"""Staff's view of the client apps and their keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import action, display

from backend.client_apps.admin_forms import (
    AddClientAppForm,
    ClientAppForm,
    RevokeKeyForm,
    RotateForm,
    moment,
)
from backend.client_apps.models import AppKey, ClientApp, Kind
from backend.common.abilities import APP_SCOPES
from backend.common.admin import (
    ModelAdmin,
    ReadOnlyInline,
    RevokedFilter,
    address_of_row,
    linked,
    staff_actor,
    submitted,
)
from backend.common.admin_actions import Answers, asks_first


class AppKeyInline(ReadOnlyInline):
    model = AppKey
    fields = readonly_fields = (
        "starts_with", "works", "created_at", "last_used_at", "expires_at", "revoked_at",
    )  # fmt: skip

    @display(description="key")
    def starts_with(self, key: AppKey) -> str:
        return str(key)

    @display(description="works", boolean=True)
    def works(self, key: AppKey) -> bool:
        return key.is_usable()


@admin.register(ClientApp)
class ClientAppAdmin(ModelAdmin):
    form = ClientAppForm
    list_display = (
        "name", linked("tenant", order="tenant__name"), "scopes_list", "usable_keys", "last_used",
        "works_until", "status",
    )  # fmt: skip
    list_display_links = ("name",)
    list_filter = ("kind", RevokedFilter)
    list_select_related = ("tenant",)
    search_fields = ("name", "tenant__name", "tenant__slug")
    search_help_text = "The app’s name, or its tenant’s"
    autocomplete_fields = ("tenant",)
    fieldsets = (
        (None, {"fields": (("name", "tenant"), ("id", "kind"), "scopes")}),
        (
            "Record",
            {"fields": (("status", "last_used", "works_until"), ("created_at", "revoked_at"))},
        ),
    )
    add_fieldsets = ((None, {"fields": (("name", "tenant"), "scopes", "lifetime")}),)
    readonly_fields = (
        "id", "kind", "status", "last_used", "works_until", "created_at", "revoked_at",
    )  # fmt: skip
    inlines = (AppKeyInline,)
    actions_detail = ("rotate", "revoke_key", "revoke")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClientApp]:
        keys = AppKey.objects.filter(app_id=OuterRef("pk")).order_by()
        usable = keys.usable().values("app_id").annotate(number=Count("pk")).values("number")
        last_used = keys.values("app_id").annotate(latest=Max("last_used_at")).values("latest")
        ends = keys.usable().values("app_id").annotate(latest=Max("expires_at")).values("latest")
        return (
            super()
            .get_queryset(request)
            .annotate(
                usable_keys_count=Coalesce(Subquery(usable, output_field=IntegerField()), 0),
                last_used_at=Subquery(last_used),
                last_end=Subquery(ends),
                is_endless=Exists(keys.usable().filter(expires_at__isnull=True)),
            )
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = AddClientAppForm
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """An app never moves to another tenant, and the portal never into one."""
        return (*self.readonly_fields, "tenant") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[type[ReadOnlyInline], ...]:
        return self.inlines if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj and (obj.kind == Kind.PORTAL or obj.revoked_at):
            return False
        return super().has_change_permission(request, obj)

    def offers(self, action: str, row: ClientApp) -> bool:
        if action == "revoke" and row.kind == Kind.PORTAL:
            return False
        return row.revoked_at is None

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        by = staff_actor(request)
        if change:
            obj.change(by=by, name=obj.name, scopes=obj.scopes)
        else:
            issued = obj.register(by=by, expires_at=_end(form.cleaned_data["lifetime"]))
            obj.issued_key = issued.text

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._key_page(request, obj, obj.issued_key)

    @display(description="scopes")
    def scopes_list(self, app: ClientApp) -> str:
        if set(app.scopes) == APP_SCOPES:
            return "all"
        return ", ".join(app.scopes)

    @display(description="usable keys")
    def usable_keys(self, app: Any) -> int:
        return int(app.usable_keys_count)

    @display(description="last used", ordering="last_used_at")
    def last_used(self, app: Any) -> str | None:
        return moment(app.last_used_at)

    @display(description="works until", ordering="last_end")
    def works_until(self, app: Any) -> str | None:
        return "without an end" if app.is_endless else moment(app.last_end)

    @display(description="state", label={"usable": "success", "no key": "warning", "revoked": ""})
    def status(self, app: Any) -> str:
        if app.revoked_at:
            return "revoked"
        return "usable" if app.usable_keys_count else "no key"

    @action(
        description="Change key", permissions=["client_apps.rotate_clientapp"], icon="autorenew"
    )
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        app = self.row_for("rotate", request, object_id)
        form = RotateForm(submitted(request))
        if form.is_valid():
            hours = form.cleaned_data["overlap_hours"]
            key = ""
            with self.carried_out(
                request, app, form, f"Changed the key; the old ones work {hours} h more."
            ):
                issued = app.rotate_key(
                    by=staff_actor(request),
                    overlap=timedelta(hours=hours),
                    expires_at=_end(form.cleaned_data["lifetime"]),
                )
                key = issued.text
            if key:
                return self._key_page(request, app, key)
        return self.action_page(
            request,
            app,
            form,
            title=f"Change the key of {app}",
            explanation="A new key is made and shown once. The old ones expire after the time "
            "that you choose.",
            submit="Make a new key",
        )

    @asks_first(
        "Revoke a key",
        permission="client_apps.rotate_clientapp",
        title="Revoke a key of {row}",
        explanation="What still calls with this key is refused from its next request on. The "
        "app’s other keys go on working.",
        submit="Revoke the key",
        form=RevokeKeyForm,
        icon="key_off",
        is_grave=True,
    )
    def revoke_key(self, request: HttpRequest, app: ClientApp, answers: Answers) -> str:
        key = answers["key"]
        app.revoke_key(key.pk, by=staff_actor(request))
        return f"The key {key} is revoked."

    @asks_first(
        "Revoke",
        permission="client_apps.revoke_clientapp",
        explanation="The app and all its keys stop working at once, for good. It can’t be undone: "
        "a new app has another id.",
        submit="Revoke the app",
        icon="block",
        is_grave=True,
    )
    def revoke(self, request: HttpRequest, app: ClientApp, answers: Answers) -> str:
        app.revoke(by=staff_actor(request))
        return f"{app} and all its keys are revoked."

    def _key_page(self, request: HttpRequest, app: ClientApp, key: str) -> HttpResponse:
        """Shows the key: in this reply and nowhere else. A message would lie in the session."""
        return self.row_page(
            request,
            app,
            "admin/client_apps/key.html",
            title=f"The new key of {app}",
            key=key,
            page_of_app=address_of_row(app),
        )


def _end(days: int | None) -> datetime | None:
    return timezone.now() + timedelta(days=days) if days else None
