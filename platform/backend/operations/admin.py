"""Staff's view of the jobs, of who did what here, and of the groups that give staff permissions."""

from __future__ import annotations

from typing import Any

# These register what is unregistered below.
import allauth.account.admin
import allauth.mfa.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
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
class GroupAdmin(ModelAdmin):
    """A group may be deleted: what its members did is told by their own histories."""

    search_fields = ("name",)
    ordering = ("name",)
    filter_horizontal = ("permissions",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("auth.delete_group")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # Every permission is shown with the name of its model.
        kwargs["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)


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
