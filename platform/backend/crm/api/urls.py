from django.urls import path

from backend.crm.api import customers, dashboard, files, notes, tags

urlpatterns = [
    path("crm/customers/", customers.Customers.as_view(), name="customers"),
    path("crm/customers/<uuid:customer_id>/", customers.CustomerDetail.as_view(), name="customer"),
    path(
        "crm/customers/<uuid:customer_id>/merges/",
        customers.CustomerMerges.as_view(),
        name="customer-merges",
    ),
    path(
        "crm/customers/<uuid:customer_id>/erasure/",
        customers.CustomerErasure.as_view(),
        name="customer-erasure",
    ),
    path(
        "crm/customers/<uuid:customer_id>/notes/",
        notes.CustomerNotes.as_view(),
        name="customer-notes",
    ),
    path(
        "crm/customers/<uuid:customer_id>/notes/<uuid:note_id>/",
        notes.CustomerNoteDetail.as_view(),
        name="customer-note",
    ),
    path("crm/tags/", tags.Tags.as_view(), name="tags"),
    path("crm/imports/", files.Imports.as_view(), name="imports"),
    path("crm/imports/<uuid:import_id>/", files.ImportDetail.as_view(), name="import"),
    path("crm/exports/customers/", files.CustomerExport.as_view(), name="customer-export"),
    path("reports/dashboard/", dashboard.Dashboard.as_view(), name="dashboard"),
]
