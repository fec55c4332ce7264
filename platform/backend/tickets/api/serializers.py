"""What comes in, and the shapes of replies for the documentation."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.common.api import StrictSerializer
from backend.common.api.fields import LineField, TextField
from backend.common.api.lists import PageSerializer
from backend.common.tenancy import owner_scope
from backend.common.transitions import LONGEST_REASON
from backend.tickets.models import Department, Event, Priority, Refusal, Side, State, Via
from backend.tickets.models.attachment import MOST_OF_A_MESSAGE
from backend.tickets.models.message import LONGEST_BODY
from backend.tickets.models.ticket import LONGEST_SUBJECT

ATTACHMENT_STATES: Final = ["checking", "ready", "refused"]


class BodyField(TextField):
    """Markdown. What is pasted out of a table or a log has tabs, which become spaces."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_BODY, **kwargs)

    def normalised(self, text: str) -> str:
        return super().normalised(text.replace("\t", "    "))


class MessageInput(StrictSerializer):
    body = BodyField(help_text="Markdown, without HTML; line breaks stay")
    attachments = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=MOST_OF_A_MESSAGE,
        help_text="Announced by `tickets/attachments/` and put where that said",
    )


class TicketInput(MessageInput):
    subject = LineField(max_length=LONGEST_SUBJECT)
    department = serializers.CharField(max_length=50, help_text="A key of `ticket-options/`")
    priority = serializers.ChoiceField(Priority.values)
    invoice = serializers.UUIDField(
        required=False, allow_null=True, help_text="Which it is about; needs `billing.read`"
    )
    service = serializers.UUIDField(
        required=False, allow_null=True, help_text="Which it is about; needs `services.read`"
    )

    def validate_department(self, key: str) -> Department:
        with owner_scope():
            found: Department | None = Department.objects.offered().filter(key=key).first()
        if found is None:
            raise serializers.ValidationError(_("There is no such department."), "does-not-exist")
        return found


class ClosureInput(StrictSerializer):
    reason = LineField(max_length=LONGEST_REASON, required=False, allow_blank=True)


class DepartmentShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField(help_text="In the reader's language")


class OfferedDepartmentShape(DepartmentShape):
    summary = serializers.CharField(help_text="What to ask it about")


class PriorityShape(serializers.Serializer[Any]):
    key = serializers.ChoiceField(Priority.values)
    answer_within_hours = serializers.IntegerField(help_text="By the plan of the business")


class KindShape(serializers.Serializer[Any]):
    content_type = serializers.CharField()
    extension = serializers.CharField(help_text="With its dot")


class AttachmentRulesShape(serializers.Serializer[Any]):
    kinds = KindShape(many=True, help_text="One for each extension")
    max_bytes = serializers.IntegerField(help_text="Of one file")
    most = serializers.IntegerField(help_text="With one message")


class TicketOptionsShape(serializers.Serializer[Any]):
    departments = OfferedDepartmentShape(many=True)
    priorities = PriorityShape(many=True)
    attachments = AttachmentRulesShape()


class OpenerShape(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="As it was")
    is_you = serializers.BooleanField()


class TicketRefShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()


class TicketShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="Counts the tickets of the business from 1")
    subject = serializers.CharField()
    state = serializers.ChoiceField(State.values)
    priority = serializers.ChoiceField(Priority.values)
    department = DepartmentShape()
    opened_by = OpenerShape()
    created_at = serializers.DateTimeField()
    last_message_at = serializers.DateTimeField()
    last_message_by = serializers.ChoiceField(Side.values)
    is_unread = serializers.BooleanField(
        help_text="Somebody else wrote since you last wrote or read here"
    )
    answer_due_at = serializers.DateTimeField(
        allow_null=True, help_text="Null where support isn't waited for"
    )
    closes_at = serializers.DateTimeField(
        allow_null=True, help_text="When it closes by itself, unless somebody writes"
    )
    merged_into = TicketRefShape(
        allow_null=True, help_text="Where it goes on; null also where you may not see that one"
    )
    can = serializers.ListField(
        child=serializers.CharField(), help_text="Among: reply, close, reopen"
    )


class TicketPageShape(PageSerializer):
    results = TicketShape(many=True)
    can = serializers.ListField(child=serializers.CharField(), help_text="Among: open")


class AttachmentShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    filename = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes, as announced")
    state = serializers.ChoiceField(ATTACHMENT_STATES)
    refusal = serializers.ChoiceField(Refusal.values, allow_null=True)


class MessageShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    ticket_number = serializers.IntegerField(
        help_text="Another one's, where that was merged into this ticket"
    )
    side = serializers.ChoiceField(Side.values)
    author = serializers.CharField(help_text="As it was")
    is_you = serializers.BooleanField()
    via = serializers.ChoiceField(Via.values)
    created_at = serializers.DateTimeField()
    body = serializers.CharField(help_text="Markdown, as it was written; empty of an event")
    body_html = serializers.CharField(
        help_text="Safe to print as it is: paragraphs, lists, quotes, code and links"
    )
    event = serializers.ChoiceField(
        Event.values, allow_null=True, help_text="What the platform itself tells"
    )
    attachments = AttachmentShape(many=True)
    is_new = serializers.BooleanField(
        help_text="Somebody else wrote it since you last wrote or read here"
    )


class MessagePageShape(PageSerializer):
    results = MessageShape(many=True)


class AboutInvoiceShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()


class AboutServiceShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    plan = serializers.CharField(help_text="Its name")


class TicketDetailShape(TicketShape):
    invoice = AboutInvoiceShape(
        allow_null=True, help_text="Which it is about; null also where you may not see invoices"
    )
    service = AboutServiceShape(
        allow_null=True, help_text="Which it is about; null also where you may not see services"
    )
    messages = MessageShape(many=True, help_text="The newest ones, the oldest of them first")
    earlier_cursor = serializers.CharField(
        allow_null=True, help_text="The `cursor` of those before them, here and of `messages/`"
    )


class TicketSummaryShape(serializers.Serializer[Any]):
    awaiting_you = serializers.IntegerField(help_text="Answered by support; 100: or more")
    unread = serializers.IntegerField(help_text="100: or more")
