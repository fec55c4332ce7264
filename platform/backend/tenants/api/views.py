"""Tenants: the countries, registration, the current tenant, its states and its set-up."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import (
    ROLE_ABILITIES,
    STATE_ABILITIES,
    TENANT_HISTORY,
    TENANT_PROVISION,
    TENANT_READ,
    TENANT_UPDATE,
)
from backend.common.api import ApiView, KeysetPage, checked
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS
from backend.common.tenancy import owner_scope
from backend.tenants.api import serializers
from backend.tenants.api.shown import provisioning_shown, tenant_shown
from backend.tenants.countries import COUNTRIES
from backend.tenants.models import Role, Tenant, TenantTransition
from backend.tenants.tenant_input import TenantInput
from backend.tenants.workflows.change_tenant import change_tenant, lock_tenant
from backend.tenants.workflows.register_tenant import register_tenant
from backend.tenants.workflows.set_up_tenant import start_provisioning

NEWEST_FIRST: Final[dict[str, tuple[str, ...]]] = {"-changed": ("-changed_at", "-id")}
TRANSITION_FIELDS: Final = (
    "from_state", "to_state", "changed_by", "changed_by_kind", "changed_at", "reason",
)  # fmt: skip


class Countries(ApiView):
    tenant_required = False

    @extend_schema(
        operation_id="countries_list",
        responses=serializers.CountriesShape,
        examples=examples("countries-list"),
    )
    def get(self, request: Request) -> Response:
        """The countries whose businesses can register, and what each begins with."""
        names = ("code", "currency", "language", "time_zone", "vat_id_example")
        return Response(
            {
                "results": [
                    {name: getattr(country, name) for name in names}
                    for country in COUNTRIES.values()
                ]
            }
        )


class Tenants(ApiView):
    tenant_required = False
    person_required = True

    @extend_schema(
        operation_id="tenants_create",
        request=TenantInput,
        responses={201: serializers.TenantShape},
        examples=examples("tenants-create", "tenants-create-invalid", "tenants-create-too-many"),
    )
    def post(self, request: Request) -> Response:
        """Register a business as a draft. The person who is signed in becomes its owner."""
        values = checked(TenantInput(data=request.data))
        with owner_scope():
            tenant = register_tenant(values, by=self.actor)
        abilities = ROLE_ABILITIES[Role.OWNER] & STATE_ABILITIES[tenant.state]
        return Response(tenant_shown(tenant, abilities), status=201)


class CurrentTenant(ApiView):
    abilities: ClassVar = {"GET": TENANT_READ, "PATCH": TENANT_UPDATE}

    @extend_schema(
        operation_id="tenant_retrieve",
        responses=serializers.TenantShape,
        examples=examples(
            "tenant-retrieve",
            "tenant-retrieve-draft",
            "tenant-retrieve-provisioning",
            "tenant-retrieve-suspended",
            "tenant-retrieve-archived",
        ),
    )
    def get(self, request: Request) -> Response:
        """The tenant that the caller is in: its details, its state, and who acts next."""
        tenant = Tenant.objects.get(pk=self.tenant_id)
        return Response(tenant_shown(tenant, self.caller.abilities))

    @extend_schema(
        operation_id="tenant_update",
        request=TenantInput,
        responses=serializers.TenantShape,
        examples=examples(
            "tenant-update",
            "tenant-update-invalid",
            "tenant-update-fixed",
            "tenant-update-suspended",
        ),
    )
    def patch(self, request: Request) -> Response:
        """Change the given details. Country and currency are fixed once the set-up has begun."""
        tenant = lock_tenant(self.tenant_id)
        values = checked(TenantInput(tenant, data=request.data, partial=True))
        change_tenant(tenant, values, by=self.actor)
        return Response(tenant_shown(tenant, self.caller.abilities))


class Transitions(ApiView):
    abilities: ClassVar = {"GET": TENANT_READ}

    @extend_schema(
        operation_id="tenant_transitions_list",
        parameters=PAGE_PARAMETERS,
        responses=serializers.TransitionPageShape,
        examples=examples("tenant-transitions-list"),
    )
    def get(self, request: Request) -> Response:
        """How the tenant came to its state: each change and who made it; the newest first.

        Why is for who has the ability tenant.history; to others the reasons are empty.
        """
        page = KeysetPage(request, orders=NEWEST_FIRST, default="-changed")
        rows = page.slice(
            TenantTransition.objects.for_tenant(self.tenant_id).values("id", *TRANSITION_FIELDS)
        )
        untold = {} if TENANT_HISTORY in self.caller.abilities else {"reason": ""}
        shown = [{name: row[name] for name in TRANSITION_FIELDS} | untold for row in rows]
        return Response(page.envelope(rows) | {"results": shown})


class Provisioning(ApiView):
    abilities: ClassVar = {"GET": TENANT_READ, "POST": TENANT_PROVISION}

    @extend_schema(
        operation_id="tenant_provisioning_retrieve",
        responses=serializers.ProvisioningShape,
        examples=examples(
            "tenant-provisioning-not-started",
            "tenant-provisioning-blocked",
            "tenant-provisioning-running",
            "tenant-provisioning-failed",
            "tenant-provisioning-done",
        ),
    )
    def get(self, request: Request) -> Response:
        """How far the set-up is, what stands in its way, and who acts next."""
        return self._reply(Tenant.objects.get(pk=self.tenant_id))

    @extend_schema(
        operation_id="tenant_provisioning_create",
        request=None,
        responses={202: serializers.ProvisioningShape},
        examples=examples(
            "tenant-provisioning-start",
            "tenant-provisioning-details-missing",
            "tenant-provisioning-already-running",
        ),
    )
    def post(self, request: Request) -> Response:
        """Begin the set-up of a draft, or try it again after a failure. A job does the work."""
        with owner_scope():
            tenant = Tenant.objects.get(pk=self.tenant_id)
            start_provisioning(tenant, by=self.actor)
        return self._reply(tenant, status=202)

    def _reply(self, tenant: Tenant, status: int = 200) -> Response:
        abilities: Any = self.caller.abilities
        return Response(provisioning_shown(tenant, abilities), status=status)
