"""Staff's view of the jobs, of who did what here, and of the groups that give staff permissions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

# These register what is unregistered below.
import allauth.account.admin
import allauth.mfa.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
import procrastinate.contrib.django.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from procrastinate.contrib.django.models import ProcrastinateJob
from unfold.decorators import display

from backend.common.admin import ModelAdmin, ReadOnly, linked
from backend.operations import jobs

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


class JobStateFilter(SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, state.capitalize()) for state in jobs.STATES]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        state = self.value()
        return jobs.in_state(queryset, state) if state in jobs.STATES else queryset


@admin.register(ProcrastinateJob)
class JobAdmin(ReadOnly, ModelAdmin):
    """A list alone: a job's own page would be titled with its arguments, which are somebody's."""

    list_display = ("task", "state", "attempts", "failed_at", "why", "scheduled_at", "id")
    list_display_links = None
    list_filter = (JobStateFilter, "queue_name", "task_name")
    list_select_related = ("failure", "worker")
    search_fields = ("task_name", "failure__error", "failure__reason")
    search_help_text = "The task, or why it failed"
    ordering = ("-id",)
    actions = ("try_again", "give_up")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_view_permission(request)

    @display(description="task", ordering="task_name", header=True)
    def task(self, job: ProcrastinateJob) -> tuple[str, str]:
        return job.task_name, job.queue_name

    @display(
        description="state",
        ordering="status",
        label={
            "waiting": "info", "running": "info", "succeeded": "success", "failed": "danger",
            "stalled": "danger", "trying again": "warning", "given up": "", "aborted": "",
        },
    )  # fmt: skip
    def state(self, job: ProcrastinateJob) -> str:
        return jobs.state_of(job)

    @display(description="last failed", ordering="failure__failed_at")
    def failed_at(self, job: ProcrastinateJob) -> datetime | None:
        failure = jobs.failure_of(job)
        return failure.failed_at if failure else None

    @display(description="why")
    def why(self, job: ProcrastinateJob) -> str | None:
        failure = jobs.failure_of(job)
        return str(failure) if failure else None

    def has_change_jobs_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("procrastinate.change_procrastinatejob")

    @admin.action(description="Try again", permissions=["change_jobs"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[ProcrastinateJob]) -> None:
        count = jobs.try_again(queryset, by=request.user)
        self._tell(request, count, "will be tried again", queryset.count() - count)

    @admin.action(description="Give up", permissions=["change_jobs"])
    def give_up(self, request: HttpRequest, queryset: QuerySet[ProcrastinateJob]) -> None:
        count = jobs.give_up(queryset, by=request.user)
        self._tell(request, count, "given up", queryset.count() - count)

    def _tell(self, request: HttpRequest, done: int, what: str, left: int) -> None:
        if done:
            messages.success(request, f"{done} job{'s' * (done != 1)} {what}.")
        if left:
            messages.warning(request, f"{left} left alone: only jobs that have failed can be.")


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
