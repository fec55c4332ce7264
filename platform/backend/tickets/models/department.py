"""What the operator sets up for its support: departments, how soon they answer, ready replies."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from backend.common.identifiers import new_id
from backend.services.models import Plan

KEY: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
MOST_HOURS: Final = 24 * 30
LONGEST_REPLY: Final = 10_000


class Priority(models.TextChoices):
    LOW = "low", "Low"
    NORMAL = "normal", "Normal"
    HIGH = "high", "High"
    URGENT = "urgent", "Urgent"


class DepartmentQuerySet(models.QuerySet[Any]):
    def offered(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class Department(models.Model):
    """Who a ticket is for. Global: nothing in it is any tenant's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(
        max_length=50,
        unique=True,
        validators=[RegexValidator(KEY, "Use small letters, digits and single hyphens.")],
        help_text="The name in the API; it never changes",
    )
    name = models.CharField(max_length=60, unique=True)
    name_de = models.CharField(
        "name in German", max_length=60, blank=True, help_text="Empty: the English one is shown"
    )
    summary = models.CharField(
        max_length=200, blank=True, help_text="What to ask it about, in English"
    )
    summary_de = models.CharField(
        "summary in German", max_length=200, blank=True, help_text="Empty: the English one is shown"
    )
    email = models.EmailField(
        "email address",
        blank=True,
        help_text="Hears of messages in tickets that nobody is assigned to",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Small ones come first")
    withdrawn_at = models.DateTimeField(
        null=True, editable=False, help_text="New tickets can't choose it any more"
    )

    objects: ClassVar[Any] = DepartmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=KEY), name="tickets_department_key"),
            models.CheckConstraint(condition=Q(name__regex=r"\S"), name="tickets_department_name"),
        ]
        ordering = ["position", "name"]
        verbose_name = "department"

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return (self.name_de if language == "de" else "") or self.name

    def summary_in(self, language: str) -> str:
        return (self.summary_de if language == "de" else "") or self.summary


class ServiceLevel(models.Model):
    """Within how many hours a message of this priority is answered, day and night alike.

    With a plan: for its tenants. Without: for those whose plan says nothing of the priority.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(
        Plan,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: for everybody whose plan has no level of its own",
    )
    priority = models.CharField(max_length=8, choices=Priority)
    answer_within_hours = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "priority"],
                nulls_distinct=False,
                name="tickets_servicelevel_once",
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="tickets_servicelevel_priority"
            ),
            models.CheckConstraint(
                condition=Q(answer_within_hours__gte=1, answer_within_hours__lte=MOST_HOURS),
                name="tickets_servicelevel_hours",
            ),
        ]
        ordering = ["plan__position", "answer_within_hours"]
        verbose_name = "service level"

    def __str__(self) -> str:
        whose = self.plan.name if self.plan else "Everybody else"
        return f"{whose}, {self.get_priority_display().lower()}: {self.answer_within_hours} h"


class CannedReply(models.Model):
    """A reply kept ready. Its placeholders are filled when staff choose it: see `canned.py`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=80, unique=True, help_text="For staff alone")
    department = models.ForeignKey(
        Department,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="canned_replies",
        help_text="Empty: for all of them",
    )
    body = models.TextField("text", max_length=LONGEST_REPLY, help_text="Markdown, in English")
    body_de = models.TextField(
        "text in German",
        max_length=LONGEST_REPLY,
        blank=True,
        help_text="Empty: the English one is taken",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(body__regex=r"\S"), name="tickets_cannedreply_body")
        ]
        ordering = ["title"]
        verbose_name = "canned reply"
        verbose_name_plural = "canned replies"

    def __str__(self) -> str:
        return self.title
