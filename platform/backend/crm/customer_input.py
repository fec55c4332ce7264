"""What may be said of a customer, by whatever way it comes in: the API and files share it."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any, ClassVar, Final

from django.core.validators import EmailValidator, RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.common.api import StrictSerializer
from backend.crm.models.customer import LANGUAGE
from backend.crm.models.note import LONGEST_NOTE
from backend.crm.models.tag import LONGEST_TAG, MOST_TAGS_EACH

EARLIEST_BIRTHDAY: Final = date(1900, 1, 1)
# As many times the length of what is kept may come in: letters with their marks apart, two spaces.
_ROOM_TO_TIDY: Final = 3


class TextField(serializers.CharField):
    """Text of several lines, in Unicode's composed form, with line feeds between its lines."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "control": _("Control characters are not allowed.")
    }

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if isinstance(data, str):
            # Before it is normalised, which takes the square of the number of marks in disorder.
            if self.max_length and len(data) > _ROOM_TO_TIDY * self.max_length:
                self.fail("max_length", max_length=self.max_length)
            data = self.normalised(data)
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        if any(unicodedata.category(character) == "Cc" for character in text.replace("\n", "")):
            self.fail("control")
        return text

    def normalised(self, text: str) -> str:
        lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
        return "\n".join(line.rstrip() for line in lines.split("\n")).strip()


class LineField(TextField):
    """Text of one line, without spaces around it or double ones in it."""

    def normalised(self, text: str) -> str:
        line = " ".join(unicodedata.normalize("NFC", text).split())
        # A name of invisible characters would be a link that nobody can see.
        return line if any(c.isprintable() and not c.isspace() for c in line) else ""


class EmailField(LineField):
    """An address in small letters: nobody means two people by two spellings of one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)
        self.validators.append(EmailValidator())
        # RFC 5322 allows quoted words, even with an @ among them; no guest has such an address.
        self.validators.append(
            RegexValidator(r'^[^"]*$', EmailValidator.message, EmailValidator.code)
        )

    def normalised(self, text: str) -> str:
        return super().normalised(text).lower()


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
