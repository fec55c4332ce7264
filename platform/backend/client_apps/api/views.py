"""Client apps: list, create, read, change, revoke; their keys: rotate, revoke."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.client_apps.api import serializers
from backend.client_apps.api.permissions import (
    app_actions,
    grantable,
    list_actions,
    scopes_available,
)
from backend.client_apps.api.queries import ORDERS, item_of, key_item, keys_of, listed, one
from backend.client_apps.errors import AppNotFound
from backend.client_apps.models import ClientApp
from backend.common.abilities import CLIENT_APPS_MANAGE, CLIENT_APPS_READ
from backend.common.api import ApiView, KeysetPage, checked
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS
from backend.common.api.pagination import invalid


class AppView(ApiView):
    def load(self, app_id: UUID) -> ClientApp:
        """Raises AppNotFound, also for another tenant's."""
        app: ClientApp | None = (
            ClientApp.objects.for_tenant(self.tenant_id).filter(pk=app_id).first()
        )
        if app is None:
            raise AppNotFound
        return app

    def reply_with(self, app_id: UUID, status: int = 200, **more: Any) -> Response:
        """The app as a reply. Two queries. Raises AppNotFound."""
        row = one(self.tenant_id, app_id)
        if row is None:
            raise AppNotFound
        keys = keys_of(self.tenant_id, app_id)
        reply = item_of(row) | {
            "keys": keys,
            "can": app_actions(self.caller, row["revoked_at"]),
            "scopes_available": scopes_available(self.caller),
        }
        return Response(reply | more, status=status)


class Apps(AppView):
    abilities: ClassVar = {"GET": CLIENT_APPS_READ, "POST": CLIENT_APPS_MANAGE}

    @extend_schema(
        operation_id="client_apps_list",
        parameters=[
            OpenApiParameter(
                "state",
                enum=list(ORDERS),
                description="`current` unless told, by name; `revoked`: the latest first",
            ),
            *PAGE_PARAMETERS,
        ],
        responses=serializers.AppPageShape,
        examples=examples("client-apps-list"),
    )
    def get(self, request: Request) -> Response:
        """The business's client apps."""
        state = request.query_params.get("state", "") or "current"
        if state not in ORDERS:
            raise invalid("state", "invalid", f"One of {', '.join(ORDERS)} is expected.")
        page = KeysetPage(request, orders=ORDERS[state], default=next(iter(ORDERS[state])))
        rows = page.slice(listed(self.tenant_id, state))
        reply = page.envelope(
            rows, can=list_actions(self.caller), scopes_available=scopes_available(self.caller)
        )
        return Response(reply | {"results": [item_of(row) for row in rows]})

    @extend_schema(
        operation_id="client_apps_create",
        request=serializers.NewAppInput,
        responses={201: serializers.NewApp},
        examples=examples("client-app-create", "client-app-create-limit-reached"),
    )
    def post(self, request: Request) -> Response:
        """Create an app with its first key, which is in this reply and never shown again.

        With the same `Idempotency-Key` the same reply comes, for 24 hours.
        """
        given = checked(serializers.NewAppInput(data=request.data))
        app = ClientApp(tenant_id=self.tenant_id, name=given["name"], scopes=given["scopes"])
        issued = app.register(
            by=self.actor,
            may_give=grantable(self.caller),
            expires_at=_end(given["expires_in_days"]),
        )
        return self.reply_with(app.pk, status=201, key=issued.text)


class AppDetail(AppView):
    abilities: ClassVar = {
        "GET": CLIENT_APPS_READ,
        "PATCH": CLIENT_APPS_MANAGE,
        "DELETE": CLIENT_APPS_MANAGE,
    }

    @extend_schema(
        operation_id="client_apps_retrieve",
        responses=serializers.AppFull,
        examples=examples("client-app-retrieve"),
    )
    def get(self, request: Request, app_id: UUID) -> Response:
        """One app, with its keys."""
        return self.reply_with(app_id)

    @extend_schema(
        operation_id="client_apps_update",
        request=serializers.AppInput,
        responses=serializers.AppFull,
        examples=examples("client-app-update"),
    )
    def patch(self, request: Request, app_id: UUID) -> Response:
        """Change the name, or what the app may do from its next request on."""
        app = self.load(app_id)
        given = checked(serializers.AppInput(data=request.data, partial=True))
        app.change(
            by=self.actor,
            name=given.get("name"),
            scopes=given.get("scopes"),
            may_give=grantable(self.caller),
        )
        return self.reply_with(app_id)

    @extend_schema(operation_id="client_apps_revoke", responses={204: None})
    def delete(self, request: Request, app_id: UUID) -> Response:
        """Revoke the app and all its keys, at once and for good."""
        self.load(app_id).revoke(by=self.actor)
        return Response(status=204)


class AppKeys(AppView):
    abilities: ClassVar = {"POST": CLIENT_APPS_MANAGE}

    @extend_schema(
        operation_id="client_apps_keys_create",
        request=serializers.RotationInput,
        responses={201: serializers.NewKey},
        examples=examples("client-app-key-create"),
    )
    def post(self, request: Request, app_id: UUID) -> Response:
        """Make a new key, in this reply and never shown again, and end the present ones.

        They go on working for `overlap_hours`, or to their own end if that comes first.
        """
        app = self.load(app_id)
        given = checked(serializers.RotationInput(data=request.data))
        now, overlap = timezone.now(), timedelta(hours=given["overlap_hours"])
        issued = app.rotate_key(
            by=self.actor, overlap=overlap, expires_at=_end(given["expires_in_days"]), now=now
        )
        reply = key_item(vars(issued.row), usable=True) | {
            "app": {"id": app.pk, "name": app.name, "scopes": app.scopes},
            "key": issued.text,
            "old_keys_until": now + overlap,
        }
        return Response(reply, status=201)


class AppKeyDetail(AppView):
    abilities: ClassVar = {"DELETE": CLIENT_APPS_MANAGE}

    @extend_schema(operation_id="client_apps_keys_revoke", responses={204: None})
    def delete(self, request: Request, app_id: UUID, key_id: UUID) -> Response:
        """Revoke one key at once. The app's others go on working."""
        self.load(app_id).revoke_key(key_id, by=self.actor)
        return Response(status=204)


def _end(days: int | None) -> datetime | None:
    return timezone.now() + timedelta(days=days) if days else None
