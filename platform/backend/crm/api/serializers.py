"""The shapes of replies, for the documentation: what goes out is built from `values()` rows.

What comes in is in ``backend.crm.customer_input``.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.common.api.lists import PageSerializer


class CustomerItem(serializers.Serializer[Any]):
    """A customer in a list. An empty string is none."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    company = serializers.CharField()
    language = serializers.CharField(help_text="ISO 639, with a country if need be")
    tags = serializers.ListField(child=serializers.CharField())
    version = serializers.IntegerField(help_text="Grows with every change; the ETag")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CustomerFull(CustomerItem):
    """A customer. After its erasure only the row is left, and nothing can be done with it."""

    birthday = serializers.DateField(allow_null=True)
    address = serializers.CharField()
    notes_count = serializers.IntegerField()
    erased_at = serializers.DateTimeField(allow_null=True)
    can = serializers.ListField(
        child=serializers.CharField(), help_text="Among: update, delete, merge, erase"
    )


class CustomerPageShape(PageSerializer):
    results = CustomerItem(many=True)
    can = serializers.ListField(
        child=serializers.CharField(), help_text="Among: create, import, export"
    )


class NoteShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    body = serializers.CharField()
    author_name = serializers.CharField()
    created_at = serializers.DateTimeField()
    can = serializers.ListField(child=serializers.CharField(), help_text="Among: delete")


class NotePageShape(PageSerializer):
    results = NoteShape(many=True)


class TagShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    customers = serializers.IntegerField(help_text="How many carry it")


class TagsShape(serializers.Serializer[Any]):
    results = TagShape(many=True)


class RowErrorShape(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="Empty: the row as such")
    code = serializers.CharField()
    detail = serializers.CharField()


class ImportRowShape(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="On which the row starts, the heading being 1")
    outcome = serializers.CharField(help_text="created, updated, skipped or failed")
    name = serializers.CharField()
    customer_id = serializers.UUIDField(allow_null=True, help_text="null: failed, or gone since")
    errors = RowErrorShape(many=True)  # type: ignore[assignment] # the reply's word


class ImportItem(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    filename = serializers.CharField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    skipped = serializers.IntegerField(help_text="Rows that changed nothing")
    failed = serializers.IntegerField()
    rows_total = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class ImportPageShape(PageSerializer):
    results = ImportItem(many=True)


class ImportFull(ImportItem):
    ignored_columns = serializers.ListField(
        child=serializers.CharField(), help_text="Headings that mean nothing to us"
    )
    rows = ImportRowShape(many=True)


class ImportUpload(serializers.Serializer[Any]):
    """At most 2 MB and 5,000 rows; UTF-8, UTF-16 or Latin-1; comma, semicolon or tab."""

    file = serializers.FileField()


class DayCount(serializers.Serializer[Any]):
    date = serializers.DateField()
    count = serializers.IntegerField()


class Birthday(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    birthday = serializers.DateField()
    days = serializers.IntegerField(help_text="From today, which is 0")


class Attention(serializers.Serializer[Any]):
    code = serializers.CharField(
        help_text="no-customers, import-failed-rows or customers-without-contact"
    )
    count = serializers.IntegerField()
    import_id = serializers.UUIDField(allow_null=True)


class DashboardShape(serializers.Serializer[Any]):
    """Days are those of the tenant's time zone."""

    customers_total = serializers.IntegerField()
    customers_new_30d = serializers.IntegerField()
    customers_new_previous_30d = serializers.IntegerField()
    new_by_day = DayCount(many=True, help_text="30 days, today being the last")
    recent_customers = CustomerItem(many=True, help_text="The 5 newest")
    upcoming_birthdays = Birthday(many=True, help_text="At most 5, in the next 30 days")
    attention = Attention(many=True)
