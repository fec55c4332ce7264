"""A few endpoints that do what no real one should, beside the real ones."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import connection
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import CUSTOMERS_CREATE, TENANT_READ
from backend.common.api import ApiView, KeysetPage, StrictSerializer
from backend.tenants.models import Member, Tenant
from backend.urls import handler400, handler403, handler404, handler500
from backend.urls import urlpatterns as real

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class Unscoped(ApiView):
    tenant_required = False

    def get(self, request: Request) -> Response:
        return Response(list(Member.objects.values("id")))


class Sleepy(ApiView):
    abilities: ClassVar = {"GET": TENANT_READ}

    def get(self, request: Request) -> Response:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        return Response()


class Lazy(ApiView):
    abilities: ClassVar = {"GET": TENANT_READ}

    def get(self, request: Request) -> Response:
        return Response(name for name in Tenant.objects.values_list("name", flat=True))


class Faulty(ApiView):
    abilities: ClassVar = {"GET": TENANT_READ}

    def get(self, request: Request) -> Response:
        list(Tenant.objects.all())
        raise ZeroDivisionError


class Guest(StrictSerializer):
    name = serializers.CharField(max_length=10)
    seats = serializers.IntegerField(required=False, min_value=1, max_value=20)


class Echo(ApiView):
    abilities: ClassVar = {"POST": CUSTOMERS_CREATE, "GET": TENANT_READ}
    done: ClassVar[list[Any]] = []

    def post(self, request: Request) -> Response:
        data = Guest(data=request.data)
        data.is_valid(raise_exception=True)
        self.done.append(data.validated_data["name"])
        return Response({"count": len(self.done)}, status=201, headers={"ETag": '"7"'})

    def get(self, request: Request) -> Response:
        page = KeysetPage(
            request,
            orders={"role": ("role", "id"), "-created": ("-created_at", "-id")},
            default="role",
        )
        rows = page.slice(Member.objects.values("id", "role", "created_at"))
        return Response(page.envelope(rows))


class Explosive(Echo):
    def post(self, request: Request) -> Response:
        super().post(request)
        raise ZeroDivisionError


urlpatterns = [
    path("api/v1/test/unscoped/", Unscoped.as_view()),
    path("api/v1/test/sleepy/", Sleepy.as_view()),
    path("api/v1/test/lazy/", Lazy.as_view()),
    path("api/v1/test/faulty/", Faulty.as_view()),
    path("api/v1/test/echo/", Echo.as_view()),
    path("api/v1/test/explosive/", Explosive.as_view()),
    *real,
]
