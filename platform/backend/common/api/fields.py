"""Fields that tidy what people type and paste, and refuse what can't be seen."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar, Final

from django.core.validators import EmailValidator, RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

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
        # RFC 5322 allows quoted words, even with an @ among them; nobody has such an address.
        self.validators.append(
            RegexValidator(r'^[^"]*$', EmailValidator.message, EmailValidator.code)
        )

    def normalised(self, text: str) -> str:
        return super().normalised(text).lower()
