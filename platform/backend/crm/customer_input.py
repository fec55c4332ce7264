"""What may be said of a customer, by whatever way it comes in: the API and files share it."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.common.api import StrictSerializer
from backend.common.api.fields import EmailField, LineField, TextField
from backend.crm.models.customer import LANGUAGE
from backend.crm.models.note import LONGEST_NOTE
from backend.crm.models.tag import LONGEST_TAG, MOST_TAGS_EACH

EARLIEST_BIRTHDAY: Final = date(1900, 1, 1)


class BirthdayField(serializers.DateField):
    """A date in living memory; an empty string is none."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "early": _("A birthday before 1900 can't be right."),
        "future": _("A birthday can't be in the future."),
    }

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(None if data == "" else data)

    def to_internal_value(self, value: Any) -> date:
        found: date = super().to_internal_value(value)
        if found < EARLIEST_BIRTHDAY:
            self.fail("early")
        # Ahead of UTC it is tomorrow already.
        if (found - timezone.now().date()).days > 1:
            self.fail("future")
        return found


class TagsField(serializers.ListField):
    """Names of tags, each once."""

    child = LineField(max_length=LONGEST_TAG)

    default_error_messages: ClassVar[dict[str, Any]] = {"bar": _("A tag can't contain a bar.")}

    def to_internal_value(self, data: Any) -> list[str]:
        # Before each is looked at: what is wrong with a million of them fills fifty megabytes.
        if self.max_length and isinstance(data, list) and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        names: list[str] = super().to_internal_value(data)
        if any("|" in name for name in names):
            self.fail("bar")
        return list({name.casefold(): name for name in reversed(names)}.values())[::-1]


class CustomerInput(StrictSerializer):
    """A customer's fields. An empty string is none."""

    name = LineField(max_length=200)
    email = EmailField(required=False, allow_blank=True)
    phone = LineField(max_length=40, required=False, allow_blank=True)
    company = LineField(max_length=200, required=False, allow_blank=True)
    language = serializers.RegexField(
        LANGUAGE,
        required=False,
        allow_blank=True,
        help_text="ISO 639, with a country if need be: de, pt-BR",
    )
    birthday = BirthdayField(required=False, allow_null=True)
    address = TextField(max_length=500, required=False, allow_blank=True)
    tags = TagsField(required=False, max_length=MOST_TAGS_EACH)


class NoteInput(StrictSerializer):
    body = TextField(max_length=LONGEST_NOTE)


class MergeInput(StrictSerializer):
    duplicate_id = serializers.UUIDField(help_text="The customer that goes")


class ErasureInput(StrictSerializer):
    reason = LineField(
        max_length=500, required=False, allow_blank=True, default="", help_text="Kept for the books"
    )
