"""Importing and exporting customers as files."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import F
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from backend.audit.recording import record
from backend.common.abilities import CUSTOMERS_EXPORT, CUSTOMERS_IMPORT
from backend.common.api import ApiView, KeysetPage
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS
from backend.common.problems import PayloadTooLarge
from backend.crm import csv_files
from backend.crm.api import serializers
from backend.crm.api.base import CONTACT_PARAMETER
from backend.crm.api.queries import NEWEST_FIRST, read_text, read_unreachable
from backend.crm.errors import ImportNotFound
from backend.crm.models import Customer, CustomerImport
from backend.crm.models.tag import LONGEST_TAG
from backend.crm.search import LONGEST_QUERY
from backend.crm.workflows.export_customers import export_customers
from backend.crm.workflows.import_customers import import_customers

# The file, and what multipart puts around it.
LARGEST_BODY: Final = csv_files.LARGEST_FILE + 10_000
TOO_LARGE: Final = "At most 2 MB can be read at once."
ITEM_FIELDS: Final = (
    "id", "filename", "created", "updated", "skipped", "failed", "rows_total", "created_at",
)  # fmt: skip
# Where dates with slashes put the month first.
MONTH_FIRST: Final = frozenset({"US"})


class BoundedMultiPartParser(MultiPartParser):
    """Refuses a body by its announced length, before it is read and lands on a disk."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > LARGEST_BODY:
            raise PayloadTooLarge(TOO_LARGE)
        return super().parse(stream, media_type, parser_context)


class Imports(ApiView):
    parser_classes = (BoundedMultiPartParser,)
    abilities: ClassVar = {"GET": CUSTOMERS_IMPORT, "POST": CUSTOMERS_IMPORT}
    rate_class: ClassVar = {"POST": "bulk"}

    @extend_schema(
        operation_id="imports_list",
        parameters=PAGE_PARAMETERS,
        responses=serializers.ImportPageShape,
        examples=examples("crm-imports-list"),
    )
    def get(self, request: Request) -> Response:
        """Past imports, the newest first."""
        page = KeysetPage(request, orders=NEWEST_FIRST, default="-created")
        rows = page.slice(_imports(self.tenant_id).values(*ITEM_FIELDS))
        return Response(page.envelope(rows))

    @extend_schema(
        operation_id="imports_create",
        request={"multipart/form-data": serializers.ImportUpload},
        responses={201: serializers.ImportFull},
        examples=examples("crm-import-create"),
    )
    def post(self, request: Request) -> Response:
        """Read customers from a CSV file. Each row succeeds or fails for itself.

        Columns, in any order, in English or German: name, email, phone, company, language,
        birthday, address, tags (with bars between them). A row with a known email address updates
        its customer with what it gives, and empties nothing.
        """
        file = _file(request)
        try:
            sheet = csv_files.read(file.read(), month_first=self.tenant.country in MONTH_FIRST)
        except csv_files.Unreadable as error:
            raise ValidationError({"file": [ErrorDetail(error.detail, error.code)]}) from error
        except csv_files.TooManyRows as error:
            raise PayloadTooLarge(
                f"At most {csv_files.MOST_ROWS:,} rows can be read at once."
            ) from error
        done = import_customers(self.tenant_id, sheet, filename=_filename(file), by=self.actor)
        return _report(self.tenant_id, done.pk, status=201)


class ImportDetail(ApiView):
    abilities: ClassVar = {"GET": CUSTOMERS_IMPORT}

    @extend_schema(
        operation_id="imports_retrieve",
        responses=serializers.ImportFull,
        examples=examples("crm-import-retrieve"),
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        """What became of each row. Names are today's: an erased customer's is gone here too."""
        return _report(self.tenant_id, import_id)


class CustomerExport(ApiView):
    abilities: ClassVar = {"GET": CUSTOMERS_EXPORT}
    rate_class: ClassVar = {"GET": "bulk"}

    @extend_schema(
        operation_id="customers_export",
        parameters=[
            OpenApiParameter("q", description="As for the list"),
            OpenApiParameter("tag", description="As for the list"),
            CONTACT_PARAMETER,
        ],
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "A CSV file")},
    )
    def get(self, request: Request) -> HttpResponse:
        """Customers as CSV, to be imported again. Cells that look like formulas are disarmed."""
        q = read_text(request, "q", LONGEST_QUERY)
        tag = read_text(request, "tag", LONGEST_TAG)
        # Read to the end here: a stream would outlive the transaction, and with it the tenant.
        unreachable = read_unreachable(request)
        lines = export_customers(self.tenant_id, q=q, tag=tag, unreachable=unreachable)
        content = [line.encode() for line in lines]
        record(
            "customers.exported",
            tenant_id=self.tenant_id,
            by=self.actor,
            # What was searched for may be somebody's name. The first line names the columns.
            data={"customers": len(content) - 1, "all": not (q or tag or unreachable)},
        )
        return HttpResponse(
            b"".join(content),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": 'attachment; filename="customers.csv"',
                "Cache-Control": "no-store",
            },
        )


def _imports(tenant_id: UUID) -> Any:
    return CustomerImport.objects.for_tenant(tenant_id).annotate(
        rows_total=F("created") + F("updated") + F("skipped") + F("failed")
    )


def _file(request: Request) -> UploadedFile[bytes]:
    file = request.FILES.get("file")
    if file is None:
        raise ValidationError({"file": [ErrorDetail("A CSV file is expected here.", "required")]})
    if file.size > csv_files.LARGEST_FILE:
        raise PayloadTooLarge(TOO_LARGE)
    return file


def _filename(file: UploadedFile[bytes]) -> str:
    name = "".join(c for c in file.name or "" if c.isprintable())
    return name[:200] or "customers.csv"


def _report(tenant_id: UUID, import_id: UUID, status: int = 200) -> Response:
    imports = _imports(tenant_id).values(*ITEM_FIELDS, "ignored_columns", "report")
    try:
        found = imports.get(pk=import_id)
    except CustomerImport.DoesNotExist as error:
        raise ImportNotFound from error
    rows = found.pop("report")
    ids = [row["customer_id"] for row in rows if row["customer_id"]]
    customers = Customer.objects.for_tenant(tenant_id).filter(pk__in=ids).values_list("pk", "name")
    names = {str(pk): name for pk, name in customers} if ids else {}
    for row in rows:
        if row["customer_id"]:
            row["name"] = names.get(row["customer_id"], "")
            row["customer_id"] = row["customer_id"] if row["name"] else None
    return Response(found | {"rows": rows}, status=status)
