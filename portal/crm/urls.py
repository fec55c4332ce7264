"""Addresses of the customer pages, below `/t/<slug>/customers/`."""

from django.urls import path

from portal.crm.views import customer, erasure, imports, listing, merge, notes

app_name = "crm"

urlpatterns = [
    path("", listing.customers, name="list"),
    path("tags/", listing.tags, name="tags"),
    path("export.csv", listing.export, name="export"),
    path("new/", customer.new, name="new"),
    path("import/", imports.upload, name="import"),
    path("imports/", imports.past, name="imports"),
    path("imports/<uuid:import_id>/", imports.report, name="import-report"),
    path("<uuid:customer_id>/", customer.detail, name="detail"),
    path("<uuid:customer_id>/edit/", customer.edit, name="edit"),
    path("<uuid:customer_id>/delete/", customer.delete, name="delete"),
    path("<uuid:customer_id>/merge/", merge.merge, name="merge"),
    path("<uuid:customer_id>/erase/", erasure.erase, name="erase"),
    path("<uuid:customer_id>/notes/", notes.add, name="add-note"),
    path("<uuid:customer_id>/notes/<uuid:note_id>/delete/", notes.delete, name="delete-note"),
]
