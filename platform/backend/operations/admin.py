"""Staff's view of the jobs, of who did what here, and of the groups that give staff permissions."""

from __future__ import annotations

from typing import Any

# Registering is what importing these is for: it must have happened before it is undone.
from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from procrastinate.contrib.django.admin import ProcrastinateJobAdmin
from procrastinate.contrib.django.models import ProcrastinateJob
from unfold.decorators import display

from backend.common.admin import ModelAdmin, ReadOnly, linked

# The libraries registered their own: secrets and confirmed addresses in plain forms. What staff may
# do about those is an action on the person.
admin.site.unregister([Authenticator, EmailAddress, Group, ProcrastinateJob])


@admin.register(Group)
class GroupAdmin(ModelAdmin, DjangoGroupAdmin):
    """A group can go: what it did is told by the history of its members."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return DjangoGroupAdmin.has_delete_permission(self, request, obj)


@admin.register(ProcrastinateJob)
class JobAdmin(ReadOnly, ModelAdmin):
    """A list alone: a job's own page would be titled with its arguments, which are somebody's."""

    list_display = ("task_name", "status_label", "queue_name", "attempts", "scheduled_at", "id")
    list_display_links = None
    list_filter = ("status", "queue_name", "task_name")
    search_fields = ("task_name",)
    ordering = ("-id",)
    actions = ("retry",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_view_permission(request)

    @display(
        description="status",
        ordering="status",
        label={
            "todo": "info", "doing": "info", "succeeded": "success", "failed": "danger",
            "cancelled": "", "aborted": "", "aborting": "",
        },
    )  # fmt: skip
    def status_label(self, job: ProcrastinateJob) -> str:
        return job.status

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("procrastinate.change_procrastinatejob")

    @admin.action(description="Try again", permissions=["retry"])
    def retry(self, request: HttpRequest, jobs: QuerySet[ProcrastinateJob]) -> None:
        ProcrastinateJobAdmin.retry(self, request, jobs)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly, ModelAdmin):
    list_display = ("action_time", linked("user", "who", order="user__email"), "what", "did")
    list_display_links = None
    list_filter = ("action_flag", "action_time", "content_type")
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "user__email")
    search_help_text = "The row, or the email address of who changed it"

    @display(description="row", ordering="object_repr", header=True)
    def what(self, entry: LogEntry) -> tuple[str, str]:
        return entry.object_repr, entry.content_type.name if entry.content_type else ""

    @display(description="what was done")
    def did(self, entry: LogEntry) -> str:
        return str(entry.get_change_message())
