"""What staff fill in about tickets."""

from __future__ import annotations

import unicodedata
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Q, QuerySet
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from backend.common.actor import Actor
from backend.common.admin_actions import RowForm
from backend.common.transitions import LONGEST_REASON
from backend.tenants.models import State as TenantState
from backend.tenants.models import Tenant
from backend.tickets.canned import unfilled
from backend.tickets.models import Attachment, CannedReply, Department, Priority, Ticket
from backend.tickets.models.attachment import MOST_OF_A_MESSAGE
from backend.tickets.models.message import LONGEST_BODY
from backend.tickets.models.ticket import LONGEST_SUBJECT
from backend.tickets.workflows.assign_ticket import who_may_reply

MERGE_CHOICES: Final = 50


class BodyField(forms.CharField):
    """Markdown. Browsers send lines with two characters at their end, of which one is kept."""

    def __init__(self, *, rows: int, **options: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": rows})
        super().__init__(max_length=LONGEST_BODY, widget=widget, **options)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.name or obj.email


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class ReplyForm(forms.Form):
    """`seen` is the last message that the writer had before them, `kept` files that came before."""

    body = BodyField(label="Reply", rows=8, help_text="Markdown. The customer is mailed it.")
    canned = forms.ModelChoiceField(
        CannedReply.objects.none(),
        label="Canned reply",
        required=False,
        empty_label="Choose one",
        widget=UnfoldAdminSelectWidget,
    )
    kept = forms.ModelMultipleChoiceField(
        Attachment.objects.none(),
        label="Goes along",
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    uploads = forms.FileField(
        label="Files", required=False, widget=ManyFiles(attrs={"class": "ticket-upload"})
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, ticket: Ticket, by: Actor, **options: Any) -> None:
        super().__init__(data, **options)
        came = data.getlist("kept") if data is not None else []
        waiting = Attachment.objects.for_tenant(ticket.tenant_id).filter(
            pk__in=[each for each in map(uuid_of, came) if each],
            message__isnull=True,
            announced_by_id=by.id,
        )
        _offer(self, "kept", waiting)
        of_department = Q(department__isnull=True) | Q(department_id=ticket.department_id)
        self.canned_replies = CannedReply.objects.filter(of_department)
        _offer(self, "canned", self.canned_replies)

    def clean_kept(self) -> list[Attachment]:
        kept = list(self.cleaned_data["kept"])
        if len(kept) > MOST_OF_A_MESSAGE:
            raise forms.ValidationError(f"{MOST_OF_A_MESSAGE} files go with a message at most.")
        return kept

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if left := unfilled(body):
            names = ", ".join(f"{{{name}}}" for name in left)
            raise forms.ValidationError(f"Nothing is known to put in for {names}: write it.")
        return body


class NoteForm(forms.Form):
    body = BodyField(
        label="Internal note", rows=3, help_text="Markdown. The customer never sees it."
    )


class CloseForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="The customer reads it. It may stay empty.",
    )


class AssignForm(RowForm):
    assignee = PersonField(
        who_may_reply(), required=False, empty_label="Nobody", widget=UnfoldAdminSelectWidget
    )


class RouteForm(RowForm):
    department = forms.ModelChoiceField(
        Department.objects.none(), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    priority = forms.ChoiceField(choices=Priority.choices, widget=UnfoldAdminSelectWidget)

    def __init__(self, data: Any, *, row: Ticket) -> None:
        super().__init__(data, row=row)
        offered = Q(withdrawn_at__isnull=True) | Q(pk=row.department_id)
        _offer(self, "department", Department.objects.filter(offered))
        self.initial = {"department": row.department_id, "priority": row.priority}


class TicketField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Ticket) -> str:
        return f"{obj} ({obj.opened_by}, {obj.created_at:%-d %B %Y})"


class MergeForm(RowForm):
    into = TicketField(
        Ticket.objects.none(),
        label="Goes on in",
        empty_label=None,
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, data: Any, *, row: Ticket) -> None:
        super().__init__(data, row=row)
        _offer(self, "into", mergeable_with(row))


def mergeable_with(ticket: Ticket) -> QuerySet[Any]:
    """The tenant's other tickets that go on: those with the latest activity."""
    others = Ticket.objects.for_tenant(ticket.tenant_id).unfinished().exclude(pk=ticket.pk)
    latest = others.order_by("-last_message_at", "-pk").values("pk")[:MERGE_CHOICES]
    found: QuerySet[Any] = Ticket.objects.for_tenant(ticket.tenant_id).filter(pk__in=latest)
    return found.order_by("-last_message_at", "-pk")


class OpenForm(forms.Form):
    """Staff write first."""

    tenant = forms.ModelChoiceField(
        Tenant.objects.exclude(state=TenantState.ARCHIVED),
        widget=AutocompleteSelect(Ticket._meta.get_field("tenant"), admin.site),
        help_text="Its owners and managers read it",
    )
    subject = forms.CharField(max_length=LONGEST_SUBJECT, widget=UnfoldAdminTextInputWidget)
    department = forms.ModelChoiceField(
        Department.objects.offered(), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    priority = forms.ChoiceField(
        choices=Priority.choices, initial=Priority.NORMAL, widget=UnfoldAdminSelectWidget
    )
    body = BodyField(label="Message", rows=10, help_text="Markdown. They are mailed it.")

    def clean_subject(self) -> str:
        subject = " ".join(self.cleaned_data["subject"].split())
        if any(unicodedata.category(character) == "Cc" for character in subject):
            raise forms.ValidationError("Control characters are not allowed.")
        return subject


def uuid_of(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _offer(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
