"""Tags: the tenant's own words for its customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.utils import timezone

from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.crm.errors import TagLimitReached
from backend.crm.models.folding import Fold

MOST_TAGS: Final = 200
MOST_TAGS_EACH: Final = 20
LONGEST_TAG: Final = 40
# A bar separates tags in files.
FORBIDDEN_IN_TAGS: Final = r"[|\u0001-\u001F\u007F]"


class TagQuerySet(TenantOwnedQuerySet):
    def in_use(self) -> Self:
        """Those that some customer carries."""
        links = CustomerTag.objects.filter(tenant_id=OuterRef("tenant_id"), tag_id=OuterRef("pk"))
        return self.filter(Exists(links))


class Tag(TenantOwned):
    """A word. VIP and vip are one tag, spelt as whoever wrote it first did.

    A tag that no customer carries is hidden everywhere, and is there again when it is used again.
    """

    name = models.CharField("name", max_length=LONGEST_TAG)
    key = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects: ClassVar[Any] = TagQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        verbose_name = "tag"
        verbose_name_plural = "tags"
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "key"], name="crm_tag_once"),
            models.CheckConstraint(
                condition=Q(name__regex=r"\S") & ~Q(name__regex=FORBIDDEN_IN_TAGS),
                name="crm_tag_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def named(cls, tenant_id: UUID, names: Sequence[str]) -> list[Self]:
        """The tags of these names, made where missing. Raises TagLimitReached.

        One query where all are in use. Two callers may make the same tag at once: the second waits
        for the first and finds its tag.
        """
        if not names:
            return []
        wanted = cls.objects.for_tenant(tenant_id).filter(
            key__in=[Fold(Value(name)) for name in names]
        )
        found = list(wanted.in_use())
        if len(found) < len(names):
            known = cls.objects.for_tenant(tenant_id).in_use().count()
            cls.objects.bulk_create(
                (cls(tenant_id=tenant_id, name=name) for name in sorted(names)),
                ignore_conflicts=True,
            )
            fresh = len(names) - len(found)
            found = list(wanted)
            if known + fresh > MOST_TAGS:
                raise TagLimitReached
        return found


class CustomerTag(TenantOwned):
    """That a customer carries a tag.

    Triggers copy here what lists are sorted by: in an index with the tag, it spares a list of a
    rare tag's customers the walk over all of them.
    """

    customer = models.ForeignKey(
        "crm.Customer",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="links",
    )
    tag = models.ForeignKey(
        Tag,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    sort_name = models.TextField(db_collation="C", default="", editable=False)
    customer_created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        verbose_name = "customer's tag"
        verbose_name_plural = "customers' tags"
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "customer", "tag"], name="crm_customertag_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "tag", "sort_name", "customer"], name="crm_customertag_by_name"
            ),
            models.Index(
                fields=["tenant", "tag", "customer_created_at", "customer"],
                name="crm_customertag_by_age",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.tag_id}"
