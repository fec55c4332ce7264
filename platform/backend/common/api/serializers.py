"""Input checked for shape, strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

# More would be no help; and of two megabytes of them the answer would be fifteen.
MOST_UNKNOWN_NAMED: Final = 20


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know: a misspelt optional field must not vanish silently."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := sorted(set(map(str, data)) - writable):
                error = ErrorDetail(str(_("This field is not known.")), "unknown")
                named = unknown[:MOST_UNKNOWN_NAMED]
                raise serializers.ValidationError({name: [error] for name in named})
        return super().to_internal_value(data)


def checked(shape: StrictSerializer) -> dict[str, Any]:
    """The validated input; 400 where it is not valid."""
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)
