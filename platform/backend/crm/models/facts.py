"""What happened to customers, and by whom. The tenant role may add such rows, never change them."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, models
from django.db.models import Q

from backend.common.models import TenantOwned


class Deed(TenantOwned):
    """Something done by somebody, whose name is copied: it outlives the membership."""

    by = models.ForeignKey(
        "tenants.Member",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        editable=False,
    )
    by_name = models.CharField("by", max_length=200, editable=False)

    class Meta(TenantOwned.Meta):
        abstract = True


class CustomerMerge(Deed):
    """That one customer turned out to be another. The duplicate's row is gone.

    No foreign keys: the survivor may be merged in its turn, and then only this row remembers it.
    """

    duplicate_id = models.UUIDField(editable=False)
    survivor_id = models.UUIDField(editable=False)

    class Meta(Deed.Meta):
        verbose_name = "merge"
        verbose_name_plural = "merges"
        constraints = [
            *Deed.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "duplicate_id"], name="crm_merge_once"),
            models.CheckConstraint(
                condition=~Q(duplicate_id=models.F("survivor_id")), name="crm_merge_of_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate_id} → {self.survivor_id}"

    # The survivor of a merge may itself have been merged since.
    _LAST_SURVIVOR = """
        WITH RECURSIVE chain (survivor_id, step) AS (
            SELECT survivor_id, 1 FROM crm_customermerge
            WHERE tenant_id = %(tenant)s AND duplicate_id = %(customer)s
          UNION ALL
            SELECT m.survivor_id, step + 1 FROM chain JOIN crm_customermerge AS m
              ON m.tenant_id = %(tenant)s AND m.duplicate_id = chain.survivor_id
        )
        SELECT survivor_id FROM chain ORDER BY step DESC LIMIT 1
    """

    @classmethod
    def survivor_of(cls, tenant_id: UUID, customer_id: UUID) -> UUID | None:
        """As whom a merged customer lives on; None if it never was merged."""
        with connection.cursor() as cursor:
            cursor.execute(cls._LAST_SURVIVOR, {"tenant": tenant_id, "customer": customer_id})
            found = cursor.fetchone()
        return found[0] if found else None


class CustomerErasure(Deed):
    """That a customer's personal data was removed, and why."""

    customer = models.ForeignKey(
        "crm.Customer",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        editable=False,
    )
    reason = models.CharField("reason", max_length=500, blank=True, editable=False)

    class Meta(Deed.Meta):
        verbose_name = "erasure"
        verbose_name_plural = "erasures"
        constraints = [
            *Deed.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "customer"], name="crm_erasure_once"),
        ]

    def __str__(self) -> str:
        return str(self.customer_id)


class CustomerImport(Deed):
    """A file that was read in, with what became of each row.

    `report` is a list of ``{"line", "outcome", "customer_id", "name", "errors"}``. A row's name is
    kept only where the row became no customer, so that an erasure has nothing to do here.
    """

    filename = models.CharField("file", max_length=200, editable=False)
    created = models.PositiveIntegerField("created", editable=False)
    updated = models.PositiveIntegerField("updated", editable=False)
    skipped = models.PositiveIntegerField("skipped", editable=False)
    failed = models.PositiveIntegerField("failed", editable=False)
    ignored_columns = models.JSONField("ignored columns", default=list, editable=False)
    report = models.JSONField("report", editable=False)

    class Meta(Deed.Meta):
        verbose_name = "import"
        verbose_name_plural = "imports"
        indexes = [models.Index(fields=["tenant", "-created_at", "-id"], name="crm_import_by_age")]

    def __str__(self) -> str:
        return self.filename
