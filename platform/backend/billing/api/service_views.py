"""Plans and services: look, subscribe, change, cancel."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.billing.api import service_serializers as shapes
from backend.billing.api.plans_shown import plans_shown
from backend.billing.api.services_shown import (
    history_shown,
    invoice_shown,
    list_actions,
    quote_shown,
    services_shown,
    usage_shown,
)
from backend.billing.workflows.cancel_service import When, cancel_service, withdraw_change
from backend.billing.workflows.change_plan import change_plan, preview_change
from backend.billing.workflows.order_service import order_service
from backend.common.abilities import SERVICES_MANAGE, SERVICES_READ
from backend.common.api import ApiView, StrictSerializer, checked
from backend.common.api.examples import examples
from backend.common.tenancy import owner_scope
from backend.services.errors import ServiceNotFound
from backend.services.models import Interval
from backend.services.models.change import Kind
from backend.tenants.models import Tenant


class ServiceView(ApiView):
    """What is bought is written by the platform alone, so that handlers run as the owner."""

    def buyer(self) -> Tenant:
        found: Tenant = Tenant.objects.get(pk=self.tenant_id)
        return found

    def shown(self, service_id: UUID) -> dict[str, Any]:
        found = services_shown(self.caller, self.tenant_id, pk=service_id)
        if not found:
            raise ServiceNotFound
        return found[0]


class Plans(ApiView):
    abilities: ClassVar = {"GET": SERVICES_READ}

    @extend_schema(
        operation_id="plans_list",
        responses=shapes.PlansShape,
        examples=examples("plans-list", "plans-list-unsubscribed"),
    )
    def get(self, request: Request) -> Response:
        """What can be subscribed to in the business's currency, add-ons last."""
        with owner_scope():
            found = plans_shown(self.caller, self.tenant_id, self.tenant.currency)
        return Response({"results": found})


class Services(ServiceView):
    abilities: ClassVar = {"GET": SERVICES_READ, "POST": SERVICES_MANAGE}

    @extend_schema(
        operation_id="services_list",
        responses=shapes.ServicesShape,
        examples=examples(
            "services-list",
            "services-list-planned",
            "services-list-past-due",
            "services-list-empty",
        ),
    )
    def get(self, request: Request) -> Response:
        """What the business has subscribed to, and how much it uses of what is included."""
        with owner_scope():
            found = services_shown(self.caller, self.tenant_id)
            usage = usage_shown(self.tenant_id)
        return Response({"results": found, "usage": usage, "can": list_actions(self.caller)})

    @extend_schema(
        operation_id="services_create",
        request=shapes.PlanInput,
        responses={201: shapes.ServiceInvoicedShape},
        examples=examples(
            "service-order",
            "service-order-free",
            "service-order-already-subscribed",
            "service-order-plan-needed",
            "service-order-plan-not-found",
            "service-order-seller-missing",
            "service-order-invalid",
        ),
    )
    def post(self, request: Request) -> Response:
        """Subscribe to a plan or an add-on. It begins when its first invoice is paid."""
        given = checked(shapes.PlanInput(data=request.data))
        with owner_scope():
            service, invoice = order_service(
                self.buyer(), given["plan"], given["interval"], by=self.actor
            )
            found = self.shown(service.pk)
        return Response({"service": found, "invoice": invoice_shown(invoice)}, status=201)


class ServiceDetail(ServiceView):
    abilities: ClassVar = {"GET": SERVICES_READ}

    @extend_schema(
        operation_id="services_retrieve",
        responses=shapes.ServiceFullShape,
        examples=examples("service-retrieve", "service-retrieve-ended", "service-not-found"),
    )
    def get(self, request: Request, service_id: UUID) -> Response:
        """One service, with its history."""
        with owner_scope():
            found = self.shown(service_id)
            return Response(found | history_shown(self.tenant_id, service_id))


class ServicePlanChange(ServiceView):
    abilities: ClassVar = {
        "GET": SERVICES_READ,
        "POST": SERVICES_MANAGE,
        "DELETE": SERVICES_MANAGE,
    }
    problems: ClassVar = {"GET": ("409",)}

    @extend_schema(
        operation_id="services_plan_change_preview",
        parameters=[
            OpenApiParameter("plan", required=True, description="The key of the wanted plan"),
            OpenApiParameter("interval", required=True, enum=Interval.values),
        ],
        responses=shapes.QuoteShape,
        examples=examples(
            "service-plan-change-preview",
            "service-plan-change-preview-credit",
            "service-plan-change-preview-yearly",
            "service-plan-change-preview-later",
            "service-plan-change-preview-same-plan",
        ),
    )
    def get(self, request: Request, service_id: UUID) -> Response:
        """What another plan or interval would come to, to the cent, if it was chosen now."""
        given = checked(shapes.PlanInput(data=request.query_params.dict()))
        with owner_scope():
            quote = preview_change(self.buyer(), service_id, given["plan"], given["interval"])
            return Response(quote_shown(self.tenant_id, quote))

    @extend_schema(
        operation_id="services_plan_change",
        request=shapes.PlanChangeInput,
        responses=shapes.ServiceInvoicedShape,
        examples=examples(
            "service-plan-change",
            "service-plan-change-as-shown",
            "service-plan-change-later",
            "service-plan-change-quote-changed",
            "service-plan-change-planned-already",
            "service-plan-change-refused",
        ),
    )
    def post(self, request: Request, service_id: UUID) -> Response:
        """Change the plan or the interval: at once where it is dearer, else after the period."""
        given = checked(shapes.PlanChangeInput(data=request.data))
        with owner_scope():
            service, invoice = change_plan(
                self.buyer(),
                service_id,
                given["plan"],
                given["interval"],
                by=self.actor,
                total_minor=given.get("total_minor"),
            )
            found = self.shown(service.pk)
        return Response({"service": found, "invoice": invoice_shown(invoice)})

    @extend_schema(
        operation_id="services_plan_change_withdraw",
        request=None,
        responses={200: shapes.ServiceShape},
        examples=examples("service-plan-change-withdraw", "service-plan-change-nothing-planned"),
    )
    def delete(self, request: Request, service_id: UUID) -> Response:
        """Take back a change of plan that is planned."""
        checked(StrictSerializer(data=request.data))
        with owner_scope():
            withdraw_change(self.buyer(), service_id, Kind.PLAN, by=self.actor)
            return Response(self.shown(service_id))


class ServiceCancellation(ServiceView):
    abilities: ClassVar = {"POST": SERVICES_MANAGE, "DELETE": SERVICES_MANAGE}

    @extend_schema(
        operation_id="services_cancel",
        request=shapes.CancellationInput,
        responses=shapes.ServiceShape,
        examples=examples("service-cancel", "service-cancel-now", "service-cancel-ended"),
    )
    def post(self, request: Request, service_id: UUID) -> Response:
        """Cancel a service, now or at the end of what is paid for. Add-ons end with the plan.

        Nothing is paid back. What hasn't begun yet ends at once, and needn't be paid; other
        invoices stay due.
        """
        given = checked(shapes.CancellationInput(data=request.data))
        with owner_scope():
            cancel_service(
                self.buyer(),
                service_id,
                at=When(given["at"]),
                by=self.actor,
                reason=given["reason"],
            )
            return Response(self.shown(service_id))

    @extend_schema(
        operation_id="services_cancel_withdraw",
        request=None,
        responses={200: shapes.ServiceShape},
        examples=examples("service-cancel-withdraw"),
    )
    def delete(self, request: Request, service_id: UUID) -> Response:
        """Take back a cancellation that is planned: the service goes on."""
        checked(StrictSerializer(data=request.data))
        with owner_scope():
            withdraw_change(self.buyer(), service_id, Kind.CANCELLATION, by=self.actor)
            return Response(self.shown(service_id))
