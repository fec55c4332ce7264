"""Customers: the guests of a tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import ExtractDay, ExtractMonth, Left

from backend.common.actor import Actor
from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.crm.errors import CustomerErased
from backend.crm.models.folding import Fold
from backend.crm.models.note import CustomerNote
from backend.crm.models.tag import CustomerTag, Tag
from backend.services import limits
from backend.services.models import LimitName

ERASED_NAME: Final = "Erased customer"
PERSONAL_FIELDS: Final = ("email", "phone", "company", "language", "birthday", "address")
WRITABLE_FIELDS: Final = ("name", *PERSONAL_FIELDS)
LIST_FIELDS: Final = (
    "id", "name", "email", "phone", "company", "language", "version", "created_at", "updated_at",
)  # fmt: skip
FULL_FIELDS: Final = (*LIST_FIELDS, "birthday", "address", "erased_at")
# Line feeds belong into an address; any other control character is an accident or an attack.
CONTROL_CHARACTERS: Final = r"[\u0001-\u001F\u007F]"
CONTROL_BUT_LINE_FEED: Final = r"[\u0001-\u0009\u000B-\u001F\u007F]"
LONGEST_SORT_NAME: Final = 100
LANGUAGE: Final = r"^([a-z]{2,3}(-[A-Z]{2})?)?$"


class CustomerQuerySet(TenantOwnedQuerySet):
    def present(self) -> Self:
        """Those that lists, reports and exports are about: not the erased ones."""
        return self.filter(erased_at__isnull=True)

    def unreachable(self) -> Self:
        """Those that nobody can write to or call."""
        return self.filter(email="", phone="")

    def tagged(self, tenant_id: UUID, name: str) -> Self:
        """Those that carry the tag, its name in any case. `link` is where they are sorted by it."""
        tag = Tag.objects.for_tenant(tenant_id).filter(key=Fold(models.Value(name)))
        of_tenant = FilteredRelation("links", condition=Q(links__tenant_id=tenant_id))
        return self.annotate(link=of_tenant).filter(link__tag_id=Subquery(tag.values("id")))

    def with_tags(self) -> Self:
        """Annotates `tags`, the names in alphabetical order, without a query per row."""
        names = (
            CustomerTag.objects.filter(tenant_id=OuterRef("tenant_id"), customer_id=OuterRef("pk"))
            .order_by("tag__key")
            .values("tag__name")
        )
        return self.annotate(tags=ArraySubquery(names))

    def with_notes_count(self) -> Self:
        notes = (
            CustomerNote.objects.filter(tenant_id=OuterRef("tenant_id"), customer_id=OuterRef("pk"))
            .order_by()
            .values("customer_id")
            .annotate(count=models.Count("*"))
            .values("count")
        )
        return self.annotate(
            notes_count=models.functions.Coalesce(
                Subquery(notes), 0, output_field=models.IntegerField()
            )
        )


class Customer(TenantOwned):
    """A guest. Several may share one email address: families do.

    `version` and `updated_at` are kept by the database, which counts every change of the row and of
    its tags. An erased customer stays, nameless and read-only, for the sake of what points to it.
    """

    name = models.CharField("name", max_length=200)
    email = models.CharField("email", max_length=254, blank=True, default="")
    phone = models.CharField("phone", max_length=40, blank=True, default="")
    company = models.CharField("company", max_length=200, blank=True, default="")
    language = models.CharField("language", max_length=6, blank=True, default="")
    birthday = models.DateField("birthday", null=True, blank=True)
    address = models.CharField("address", max_length=500, blank=True, default="")
    version = models.PositiveIntegerField("version", default=1, db_default=1, editable=False)
    erased_at = models.DateTimeField("erased at", null=True, blank=True, editable=False)
    sort_name = models.GeneratedField(
        expression=Left(Fold("name"), LONGEST_SORT_NAME),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    # 1231 is New Year's Eve: birthdays come round whatever the year.
    birthday_key = models.GeneratedField(
        expression=ExtractMonth("birthday") * 100 + ExtractDay("birthday"),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = CustomerQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        verbose_name = "customer"
        verbose_name_plural = "customers"
        permissions = [("erase_customer", "Can erase a customer's personal data")]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(name__regex=r"\S") & ~Q(name__regex=CONTROL_CHARACTERS),
                name="crm_customer_name",
            ),
            models.CheckConstraint(
                condition=Q(email="") | Q(email__regex=r"^[^\sA-Z@]+@[^\sA-Z@]+$"),
                name="crm_customer_email",
            ),
            models.CheckConstraint(
                condition=~Q(phone__regex=CONTROL_CHARACTERS), name="crm_customer_phone"
            ),
            models.CheckConstraint(
                condition=~Q(company__regex=CONTROL_CHARACTERS), name="crm_customer_company"
            ),
            models.CheckConstraint(
                condition=Q(language__regex=LANGUAGE), name="crm_customer_language"
            ),
            models.CheckConstraint(
                condition=~Q(address__regex=CONTROL_BUT_LINE_FEED), name="crm_customer_address"
            ),
            models.CheckConstraint(
                condition=Q(birthday__gte="1900-01-01", birthday__lt="2100-01-01")
                | Q(birthday__isnull=True),
                name="crm_customer_birthday",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(
                    name=ERASED_NAME,
                    email="",
                    phone="",
                    company="",
                    language="",
                    birthday__isnull=True,
                    address="",
                ),
                name="crm_customer_erased_is_empty",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "sort_name", "id"],
                condition=Q(erased_at__isnull=True),
                name="crm_customer_by_name",
            ),
            models.Index(
                fields=["tenant", "created_at", "id"],
                condition=Q(erased_at__isnull=True),
                name="crm_customer_by_age",
            ),
            models.Index(fields=["tenant", "updated_at", "id"], name="crm_customer_by_change"),
            models.Index(
                fields=["tenant", "email"], condition=~Q(email=""), name="crm_customer_by_email"
            ),
            models.Index(
                fields=["tenant", "birthday_key", "id"],
                condition=Q(erased_at__isnull=True, birthday__isnull=False),
                name="crm_customer_by_birthday",
            ),
            models.Index(
                fields=["tenant", "id"],
                condition=Q(erased_at__isnull=True, email="", phone=""),
                name="crm_customer_unreachable",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def add(cls, tenant_id: UUID, values: Mapping[str, Any], tags: Sequence[str] = ()) -> Self:
        """A new customer with its tags. Raises LimitReached, TagLimitReached."""
        limits.require(tenant_id, LimitName.CUSTOMERS)
        customer = cls(tenant_id=tenant_id, **values)
        customer.save(force_insert=True)
        if tags:
            customer.set_tags(tags)
        return customer

    def require_present(self) -> None:
        """Raises CustomerErased for one that is read-only for good."""
        if self.erased_at is not None:
            raise CustomerErased

    def assign(self, values: Mapping[str, Any]) -> list[str]:
        """Sets the given fields on the instance; returns the names of those that were different."""
        different = [field for field, value in values.items() if getattr(self, field) != value]
        for field in different:
            setattr(self, field, values[field])
        return different

    def change(self, values: Mapping[str, Any], tags: Sequence[str] | None = None) -> None:
        """Sets the given fields and, if given, the tags. The caller holds the row's lock."""
        self.require_present()
        if different := self.assign(values):
            self.save(update_fields=[*different, "updated_at"])
        if tags is not None:
            self.set_tags(tags)

    def set_tags(self, names: Sequence[str]) -> None:
        """Makes `names` the customer's tags, and no others."""
        wanted = {tag.id for tag in Tag.named(self.tenant_id, names)}
        links = CustomerTag.objects.for_tenant(self.tenant_id).filter(customer_id=self.id)
        present = set(links.values_list("tag_id", flat=True))
        if gone := present - wanted:
            links.filter(tag_id__in=gone).delete()
        CustomerTag.objects.bulk_create(
            CustomerTag(tenant_id=self.tenant_id, customer_id=self.id, tag_id=tag_id)
            for tag_id in sorted(wanted - present)
        )

    def add_note(self, body: str, *, by: Actor) -> CustomerNote:
        self.require_present()
        note: CustomerNote = CustomerNote.objects.create(
            tenant_id=self.tenant_id,
            customer_id=self.pk,
            author_id=by.member_id,
            author_name=by.name,
            body=body,
        )
        return note

    def fill_from(self, duplicate: Customer) -> list[str]:
        """Takes over what this customer lacks and the duplicate has; returns the fields' names."""
        return self.assign(
            {
                field: getattr(duplicate, field)
                for field in PERSONAL_FIELDS
                if not getattr(self, field)
            }
        )

    def forget(self, *, at: datetime) -> None:
        """Removes the person; the row stays."""
        self.require_present()
        self.name = ERASED_NAME
        for field in PERSONAL_FIELDS:
            setattr(self, field, None if field == "birthday" else "")
        self.erased_at = at
        self.save(update_fields=[*WRITABLE_FIELDS, "erased_at", "updated_at"])
