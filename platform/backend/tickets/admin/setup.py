"""What the support is set up with: departments, how soon they answer, and replies kept ready."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from backend.common.admin import ModelAdmin, ModelForm, linked
from backend.common.admin_actions import Answers, asks_first
from backend.tickets.canned import PLACEHOLDERS, unknown_placeholders
from backend.tickets.models import CannedReply, Department, ServiceLevel, Ticket


@admin.register(Department)
class DepartmentAdmin(ModelAdmin):
    list_display = ("name", "key", "email", "state_label", "position")
    sortable_by = ()
    fieldsets = (
        (None, {"fields": (("name", "name_de"), ("summary", "summary_de"), "key")}),
        ("Work", {"fields": (("email", "position"),)}),
    )
    actions_detail = ("withdraw", "offer_again")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Callers of the API know it by its key."""
        return ("key",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only one that was never asked; others are withdrawn."""
        if obj is None or not request.user.has_perm("tickets.delete_department"):
            return False
        return not Ticket.objects.filter(department=obj).exists()

    def offers(self, action: str, row: Department) -> bool:
        return (row.withdrawn_at is None) == (action == "withdraw")

    @display(description="state", label={"offered": "success", "withdrawn": ""})
    def state_label(self, department: Department) -> tuple[str, str]:
        state = "withdrawn" if department.withdrawn_at else "offered"
        return state, state.capitalize()

    @asks_first(
        "Withdraw",
        permission="tickets.change_department",
        explanation="New tickets can’t choose it any more. Those that are with it stay there.",
        icon="visibility_off",
        is_grave=True,
    )
    def withdraw(self, request: HttpRequest, department: Department, answers: Answers) -> str:
        department.withdrawn_at = timezone.now()
        department.save(update_fields=["withdrawn_at"])
        return f"{department} is withdrawn."

    @asks_first(
        "Offer again",
        permission="tickets.change_department",
        title="Offer {row} again",
        explanation="New tickets can choose it again.",
        icon="visibility",
    )
    def offer_again(self, request: HttpRequest, department: Department, answers: Answers) -> str:
        department.withdrawn_at = None
        department.save(update_fields=["withdrawn_at"])
        return f"{department} is offered again."


class Deletable(ModelAdmin):
    """Nothing refers to these rows: they are deleted by whoever may."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        codename = f"{self.opts.app_label}.delete_{self.opts.model_name}"
        return obj is not None and request.user.has_perm(codename)


@admin.register(ServiceLevel)
class ServiceLevelAdmin(Deletable):
    list_display = ("plan_shown", "priority_shown", "answer_within_hours")
    list_filter = ("plan", "priority")
    list_select_related = ("plan",)
    sortable_by = ()
    fields = (("plan", "priority"), "answer_within_hours")

    @display(description="plan")
    def plan_shown(self, level: ServiceLevel) -> str:
        return level.plan.name if level.plan else "Everybody else"

    @display(description="priority")
    def priority_shown(self, level: ServiceLevel) -> str:
        return level.get_priority_display()


class CannedReplyForm(ModelForm):
    def clean_body(self) -> str:
        return _with_known_placeholders(self.cleaned_data["body"])

    def clean_body_de(self) -> str:
        return _with_known_placeholders(self.cleaned_data["body_de"])


@admin.register(CannedReply)
class CannedReplyAdmin(Deletable):
    form = CannedReplyForm
    list_display = ("title", linked("department"), "beginning", "is_in_german")
    list_filter = ("department",)
    list_select_related = ("department",)
    sortable_by = ()
    search_fields = ("title", "body", "body_de")
    search_help_text = "Words of its title or text"
    fieldsets = (
        (None, {"fields": (("title", "department"), "body", "body_de")}),
        (
            "Placeholders",
            {
                "fields": (),
                "description": "; ".join(
                    f"{{{name}}}: {meaning}" for name, meaning in PLACEHOLDERS.items()
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CannedReply]:
        return super().get_queryset(request).order_by("title")

    @display(description="text")
    def beginning(self, canned: CannedReply) -> str:
        first, *others = canned.body.splitlines()
        return f"{first[:80]} …" if others or len(first) > 80 else first

    @display(description="German", boolean=True)
    def is_in_german(self, canned: CannedReply) -> bool:
        return bool(canned.body_de)


def _with_known_placeholders(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if unknown := unknown_placeholders(text):
        names = ", ".join(f"{{{name}}}" for name in unknown)
        raise forms.ValidationError(f"Nothing is known to put in for {names}.")
    return text
