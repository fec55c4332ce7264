"""Staff's view of the tenants' accounts, and of the ledger behind them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateFilter
from unfold.decorators import display

from backend.billing.admin_parts import WithTenant
from backend.billing.amounts import balances_down
from backend.billing.models import Account, Entry
from backend.common.admin import ModelAdmin, ReadOnly, link_to, link_to_list, linked
from backend.common.admin_money import money
from backend.common.money import written

SHOWN = 50
STATEMENT = (
    '<table class="statement"><thead><tr><th>Booked on</th><th>What</th><th></th><th>Amount</th>'
    "<th>Balance</th></tr></thead><tbody>{}</tbody></table><p>{}</p>"
)


class BalanceFilter(admin.SimpleListFilter):
    title = "balance"
    parameter_name = "balance"
    owed = F("credited_minor") + F("paid_minor") - F("refunded_minor")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("owes", "Owes"), ("credit", "Has credit")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "owes":
            return queryset.filter(invoiced_minor__gt=self.owed)
        if self.value() == "credit":
            return queryset.filter(allocated_minor__lt=self.owed)
        return queryset


def subject(entry: Entry) -> SafeString | None:
    return link_to(entry.invoice or entry.credit_note or entry.payment or _payment_of(entry))


def _payment_of(entry: Entry) -> Any:
    return entry.refund.payment if entry.refund else None


def _with_subjects(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    return rows.select_related("invoice", "credit_note", "payment", "refund__payment")


@admin.register(Account)
class AccountAdmin(WithTenant, ReadOnly, ModelAdmin):
    list_display = ("tenant_name", "currency", "balance", "due", "credit")
    list_filter = (BalanceFilter, "currency")
    list_select_related = ("tenant",)
    sortable_by = ()
    search_fields = ("tenant__name", "tenant__slug")
    search_help_text = "The tenant's name or slug"
    fieldsets = (
        (None, {"fields": (("tenant_link", "balance"), ("due", "credit"))}),
        (
            "Since the beginning",
            {
                "fields": (
                    (money("invoiced_minor"), money("credited_minor")),
                    (money("paid_minor"), money("refunded_minor")),
                )
            },
        ),
        (f"Statement: the last {SHOWN}", {"fields": ("statement",)}),
    )
    readonly_fields = (
        "tenant_link", "balance", "due", "credit", "statement",
        *(field for row in fieldsets[1][1]["fields"] for field in row),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return Account.objects.select_related("tenant").order_by("tenant__name", "pk")

    @display(description="tenant")
    def tenant_name(self, account: Account) -> str:
        return str(account.tenant)

    @display(description="balance")
    def balance(self, account: Account) -> str:
        """What the tenant owes; below 0, what it has to its credit."""
        return written(account.facts.balance_minor, account.currency)

    @display(description="due on invoices")
    def due(self, account: Account) -> str:
        return written(account.facts.due_minor, account.currency)

    @display(description="credit")
    def credit(self, account: Account) -> str:
        return written(account.facts.credit_minor, account.currency)

    @display(description="", empty_value="–")
    def statement(self, account: Account) -> SafeString:
        """The newest first; the balance is what it was after each."""
        found = _with_subjects(Entry.objects.for_tenant(account.tenant_id))
        entries = list(found.order_by("-booked_at", "-pk")[:SHOWN])
        balances = balances_down(
            account.facts.balance_minor, [entry.amount_minor for entry in entries]
        )
        rows = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            (
                (
                    f"{entry.booked_on:%-d %b %Y}",
                    entry.get_kind_display(),
                    subject(entry) or "",
                    written(entry.amount_minor, entry.currency),
                    written(balance, entry.currency),
                )
                for entry, balance in zip(entries, balances, strict=True)
            ),
        )
        whole = link_to_list(
            "billing.entry", "The whole ledger", tenant__id__exact=account.tenant_id
        )
        return format_html(STATEMENT, rows, whole)


@admin.register(Entry)
class EntryAdmin(WithTenant, ReadOnly, ModelAdmin):
    """The ledger as a whole, for the bookkeeper."""

    list_display = (
        "booked_on", linked("tenant"), "kind_label", "subject_link", money("amount_minor"),
    )  # fmt: skip
    list_display_links = None
    list_filter = (
        ("tenant", AutocompleteSelectFilter), "kind", ("booked_on", RangeDateFilter), "currency",
    )  # fmt: skip
    list_filter_submit = True
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """By the key, which is made in the order of time and has an index."""
        return _with_subjects(Entry.objects.select_related("tenant")).order_by("-pk")

    @display(description="what")
    def kind_label(self, entry: Entry) -> str:
        return entry.get_kind_display()

    @display(description="of")
    def subject_link(self, entry: Entry) -> SafeString | None:
        return subject(entry)
