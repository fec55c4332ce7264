"""Customers: list, search, add, read, change, delete, merge, erase."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import (
    CUSTOMERS_CREATE,
    CUSTOMERS_DELETE,
    CUSTOMERS_ERASE,
    CUSTOMERS_MERGE,
    CUSTOMERS_READ,
    CUSTOMERS_UPDATE,
)
from backend.common.api import ApiView, KeysetPage, checked
from backend.common.api.examples import examples
from backend.common.api.lists import IF_MATCH, PAGE_PARAMETERS
from backend.common.api.pagination import invalid, read_updated_since
from backend.common.etags import etag_of, require_match
from backend.crm.api import serializers
from backend.crm.api.base import CONTACT_PARAMETER
from backend.crm.api.listing import found, listed, listed_unreachable, page_reply
from backend.crm.api.permissions import customer_actions
from backend.crm.api.queries import (
    ORDERS,
    TAGGED_ORDERS,
    SearchPage,
    read_text,
    read_unreachable,
)
from backend.crm.customer_input import CustomerInput, ErasureInput, MergeInput
from backend.crm.models import Customer
from backend.crm.models.customer import FULL_FIELDS
from backend.crm.models.tag import LONGEST_TAG
from backend.crm.search import LONGEST_QUERY
from backend.crm.workflows.erase_customer import erase_customer
from backend.crm.workflows.find_customers import lock_customer, raise_gone
from backend.crm.workflows.merge_customers import merge_customers


class CustomerView(ApiView):
    def reply_with(self, customer_id: UUID, status: int = 200) -> Response:
        """The customer as a reply, with its ETag. One query, and another where it is missing."""
        rows = Customer.objects.for_tenant(self.tenant_id).with_tags().with_notes_count()
        try:
            row = rows.values(*FULL_FIELDS, "tags", "notes_count").get(pk=customer_id)
        except Customer.DoesNotExist:
            raise_gone(self.tenant_id, customer_id)
        row["can"] = customer_actions(self.caller, row["erased_at"])
        return Response(row, status=status, headers={"ETag": etag_of(row["version"])})

    def lock_seen(self, customer_id: UUID) -> Customer:
        """The customer, locked, in the state that the caller has seen."""
        customer = lock_customer(self.tenant_id, customer_id)
        # First, because an erased customer has no other state to be seen.
        customer.require_present()
        require_match(self.request, etag_of(customer.version))
        return customer


class Customers(CustomerView):
    abilities: ClassVar = {"GET": CUSTOMERS_READ, "POST": CUSTOMERS_CREATE}

    @extend_schema(
        operation_id="customers_list",
        parameters=[
            OpenApiParameter(
                "q",
                description="Beginnings of words of the name and company, in any order, case and "
                "accent; or of an email address; or of a phone number. What is found comes in the "
                "order of what was matched, whatever `order` says.",
            ),
            OpenApiParameter("tag", description="Those that carry this tag"),
            CONTACT_PARAMETER,
            OpenApiParameter(
                "order",
                enum=list(ORDERS),
                description="`name` unless told; with `updated_since`, `updated`",
            ),
            OpenApiParameter(
                "updated_since",
                OpenApiTypes.DATETIME,
                description="Those changed at this time or later, erased ones among them. "
                "Not together with `q`.",
            ),
            *PAGE_PARAMETERS,
        ],
        responses=serializers.CustomerPageShape,
        examples=examples("crm-customers-list"),
    )
    def get(self, request: Request) -> Response:
        """Customers, without the erased ones."""
        q = read_text(request, "q", LONGEST_QUERY)
        tag = read_text(request, "tag", LONGEST_TAG)
        since = read_updated_since(request)
        if q and since:
            raise invalid("updated_since", "invalid", "Not possible together with q.")
        unreachable = read_unreachable(request)
        if unreachable and (q or since):
            raise invalid("contact", "invalid", "Not possible together with q or updated_since.")
        if q:
            search = SearchPage(request)
            return page_reply(search, found(search, self.tenant_id, q, tag), self.caller)
        given: dict[str, Any] = {"tenant_id": self.tenant_id}
        if since:
            given["since"] = since
        if tag:
            given["tag"] = tag
        orders = TAGGED_ORDERS if tag else ORDERS
        page = KeysetPage(request, orders=orders, default="updated" if since else "name")
        build = listed_unreachable if unreachable else listed
        return page_reply(page, page.slice_prepared(build, **given), self.caller)

    @extend_schema(
        operation_id="customers_create",
        request=CustomerInput,
        responses={201: serializers.CustomerFull},
        examples=examples("crm-customer-create", "crm-customer-create-limit-reached"),
    )
    def post(self, request: Request) -> Response:
        """Add a customer."""
        values = checked(CustomerInput(data=request.data))
        tags = values.pop("tags", [])
        customer = Customer.add(self.tenant_id, values, tags)
        return self.reply_with(customer.pk, status=201)


class CustomerDetail(CustomerView):
    abilities: ClassVar = {
        "GET": CUSTOMERS_READ,
        "PATCH": CUSTOMERS_UPDATE,
        "DELETE": CUSTOMERS_DELETE,
    }
    problems: ClassVar = {
        "GET": ("410",),
        "PATCH": ("409", "410", "412", "428"),
        "DELETE": ("409", "410", "412", "428"),
    }

    @extend_schema(
        operation_id="customers_retrieve",
        responses=serializers.CustomerFull,
        examples=examples("crm-customer-retrieve"),
    )
    def get(self, request: Request, customer_id: UUID) -> Response:
        """One customer, with its ETag. A merged one answers 410 with `merged_into`."""
        return self.reply_with(customer_id)

    @extend_schema(
        operation_id="customers_update",
        parameters=[IF_MATCH],
        request=CustomerInput,
        responses=serializers.CustomerFull,
        examples=examples("crm-customer-update"),
    )
    def patch(self, request: Request, customer_id: UUID) -> Response:
        """Change the given fields; `tags`, if given, replaces all tags."""
        customer = self.lock_seen(customer_id)
        values = checked(CustomerInput(data=request.data, partial=True))
        tags = values.pop("tags", None)
        customer.change(values, tags)
        return self.reply_with(customer_id)

    @extend_schema(operation_id="customers_destroy", parameters=[IF_MATCH], responses={204: None})
    def delete(self, request: Request, customer_id: UUID) -> Response:
        """Delete a customer and its notes: for one entered by mistake. See also `erasure/`."""
        self.lock_seen(customer_id)
        Customer.objects.for_tenant(self.tenant_id).filter(pk=customer_id).delete()
        return Response(status=204)


class CustomerMerges(CustomerView):
    abilities: ClassVar = {"POST": CUSTOMERS_MERGE}
    problems: ClassVar = {"POST": ("410",)}

    @extend_schema(
        operation_id="customers_merge",
        request=MergeInput,
        responses=serializers.CustomerFull,
        examples=examples("crm-customer-merge"),
    )
    def post(self, request: Request, customer_id: UUID) -> Response:
        """Merge a duplicate into this customer, which gets what it lacks, its notes and tags."""
        duplicate_id = checked(MergeInput(data=request.data))["duplicate_id"]
        merge_customers(self.tenant_id, customer_id, duplicate_id, by=self.actor)
        return self.reply_with(customer_id)


class CustomerErasure(CustomerView):
    abilities: ClassVar = {"POST": CUSTOMERS_ERASE}
    problems: ClassVar = {"POST": ("410",)}

    @extend_schema(
        operation_id="customers_erase",
        request=ErasureInput,
        responses=serializers.CustomerFull,
        examples=examples("crm-customer-erase"),
    )
    def post(self, request: Request, customer_id: UUID) -> Response:
        """Remove the person: name, contact, birthday, notes and tags. It can't be undone."""
        reason = checked(ErasureInput(data=request.data))["reason"]
        erase_customer(self.tenant_id, customer_id, by=self.actor, reason=reason)
        return self.reply_with(customer_id)
