"""Staff's view of the catalogue: the plans, what they cost, and what they include.

The services themselves are in billing's admin: what is done with them moves money.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from backend.common.admin import ModelAdmin, ModelForm, link_to, link_to_list
from backend.common.admin_actions import Answers, asks_first
from backend.common.admin_money import MoneyField, Priced
from backend.common.money import DIGITS, written
from backend.services.models import (
    COUNTABLE,
    Plan,
    PlanLimit,
    PlanOverage,
    PlanPrice,
    Service,
    ServiceChange,
)


class PartOfPlan:
    """To be mixed in first: who may change a plan may change what it costs and includes."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("services.view_plan") or self._may_change(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_change(request, obj)

    def _may_change(self, request: HttpRequest, plan: Any) -> bool:
        """Without a plan: on the page where one is added."""
        may_change: bool = request.user.has_perm("services.change_plan")
        return may_change or (plan is None and request.user.has_perm("services.add_plan"))


class PriceForm(Priced, ModelForm):
    currency = forms.ChoiceField(
        choices=[("", "–"), *((code, code) for code in DIGITS)], widget=UnfoldAdminSelectWidget
    )
    amount_minor = MoneyField(label="Amount", min_value=0)

    def in_currency(self) -> str:
        chosen = getattr(self, "cleaned_data", {}).get("currency")
        return str(chosen or self.instance.currency)


class PriceInline(PartOfPlan, TabularInline):
    model = PlanPrice
    form = PriceForm
    fields = ("currency", "interval", "amount_minor", "above_limits")
    readonly_fields = ("above_limits",)
    verbose_name_plural = "prices, without tax"
    extra = 0
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanPrice]:
        return super().get_queryset(request).prefetch_related("overages")

    @display(description="each above the limit", empty_value="–")
    def above_limits(self, price: PlanPrice) -> SafeString | None:
        if not price.currency:
            return None
        said = [
            f"{each.get_name_display().lower()} {written(each.unit_amount_minor, price.currency)}"
            for each in price.overages.all()
        ]
        return link_to(price, ", ".join(said) or "Set a price")


class LimitInline(PartOfPlan, TabularInline):
    model = PlanLimit
    fields = ("name", "value")
    verbose_name_plural = "limits: what isn't here is unlimited"
    extra = 0
    hide_title = True


class OfferFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "offered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Offered"), ("no", "Withdrawn")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(withdrawn_at__isnull=self.value() == "yes")


@admin.register(Plan)
class PlanAdmin(ModelAdmin):
    list_display = ("name", "key", "kind", "state_label", "prices_list", "services", "position")
    list_filter = (OfferFilter, "is_addon")
    sortable_by = ()
    search_fields = ("name", "key")
    search_help_text = "Its name or key"
    add_fieldsets = (
        (None, {"fields": (("name", "key"), ("summary", "summary_de"))}),
        ("Where it stands", {"fields": (("is_addon", "is_default"), "position")}),
    )
    fieldsets = (
        *add_fieldsets,
        ("Record", {"fields": (("state", "services"), ("created_at", "updated_at"))}),
    )
    readonly_fields = ("state", "services", "created_at", "updated_at")
    inlines = (PriceInline, LimitInline)
    actions_detail = ("withdraw", "offer_again")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        counted = (
            Service.objects.current()
            .filter(plan_id=OuterRef("pk"))
            .order_by()
            .values("plan_id")
            .annotate(number=Count("pk"))
            .values("number")
        )
        number = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
        found: QuerySet[Plan] = Plan.objects.annotate(services_count=number)
        return found.order_by("is_addon", "position", "name").prefetch_related("prices")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Callers of the API know a plan by its key, and services were sold as what it is."""
        return (*self.readonly_fields, "key", "is_addon") if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what nobody ever had; what somebody had is withdrawn."""
        if obj is None or not request.user.has_perm("services.delete_plan"):
            return False
        used = Service.objects.filter(plan=obj), ServiceChange.objects.filter(plan=obj)
        return not any(rows.exists() for rows in used)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What it costs and includes goes with it, without a permission of its own."""
        found, counts, _, protected = super().get_deleted_objects(objs, request)
        return found, counts, set(), protected

    def offers(self, action: str, row: Plan) -> bool:
        return (row.withdrawn_at is None) == (action == "withdraw")

    @display(description="kind", ordering="is_addon")
    def kind(self, plan: Plan) -> str:
        if plan.is_default:
            return "Plan, the default"
        return "Add-on" if plan.is_addon else "Plan"

    @display(description="state", label={"offered": "success", "withdrawn": ""})
    def state_label(self, plan: Plan) -> tuple[str, str]:
        state = "withdrawn" if plan.withdrawn_at else "offered"
        return state, state.capitalize()

    @display(description="state")
    def state(self, plan: Plan) -> str:
        if plan.withdrawn_at is None:
            return "Offered"
        return f"Withdrawn since {plan.withdrawn_at:%-d %B %Y}"

    @display(description="prices", empty_value="–")
    def prices_list(self, plan: Plan) -> str | None:
        """Of the most common currency; its page has them all."""
        prices = list(plan.prices.all())
        shown = [each for each in prices if each.currency == "EUR"] or prices[:2]
        said = [f"{written(each.amount_minor, each.currency)} a {each.interval}" for each in shown]
        return ", ".join(said) or None

    @display(description="services")
    def services(self, plan: Any) -> SafeString:
        return link_to_list(
            "services.service", str(plan.services_count), plan__id__exact=plan.pk, current="yes"
        )

    @asks_first(
        "Withdraw",
        permission="services.withdraw_plan",
        explanation="Nobody can subscribe to it or change to it any more. Who has it keeps it, at "
        "the price that it began at.",
        icon="visibility_off",
        is_grave=True,
    )
    def withdraw(self, request: HttpRequest, plan: Plan, answers: Answers) -> str:
        plan.withdrawn_at = timezone.now()
        plan.save(update_fields=["withdrawn_at", "updated_at"])
        return f"{plan} is withdrawn."

    @asks_first(
        "Offer again",
        permission="services.withdraw_plan",
        title="Offer {row} again",
        explanation="It can be subscribed to again, at its present prices.",
        icon="visibility",
    )
    def offer_again(self, request: HttpRequest, plan: Plan, answers: Answers) -> str:
        plan.withdrawn_at = None
        plan.save(update_fields=["withdrawn_at", "updated_at"])
        return f"{plan} is offered again."


class OverageForm(Priced, ModelForm):
    name = forms.ChoiceField(
        label="Limit",
        choices=[("", "–"), *((each.value, each.label) for each in COUNTABLE)],
        widget=UnfoldAdminSelectWidget,
    )
    unit_amount_minor = MoneyField(label="Amount", min_value=0, max_value=1_000_000)

    def in_currency(self) -> str:
        return str(self.instance.price.currency)


class OverageInline(PartOfPlan, TabularInline):
    model = PlanOverage
    form = OverageForm
    fields = ("name", "unit_amount_minor")
    verbose_name_plural = "for each unit above the plan's limit, without tax"
    extra = 0
    hide_title = True


@admin.register(PlanPrice)
class PlanPriceAdmin(PartOfPlan, ModelAdmin):
    """Not in the sidebar: a plan's page leads here."""

    fields = (("plan_link", "currency"), ("interval", "amount"))
    readonly_fields = ("plan_link", "currency", "interval", "amount")
    inlines = (OverageInline,)
    list_display = ("plan_link", "currency", "interval", "amount")
    list_select_related = ("plan",)
    list_filter = ("currency", "interval", "plan")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="plan")
    def plan_link(self, price: PlanPrice) -> SafeString | None:
        return link_to(price.plan)

    @display(description="amount", ordering="amount_minor")
    def amount(self, price: PlanPrice) -> str:
        return written(price.amount_minor, price.currency)
