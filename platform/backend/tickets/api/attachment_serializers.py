"""What is said of a file that will come, and what is answered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.common.api import StrictSerializer
from backend.tickets.file_names import LONGEST_GIVEN, NameUnfit, harmless
from backend.tickets.kinds import BY_CONTENT_TYPE
from backend.tickets.models.attachment import LARGEST_FILE


class AttachmentInput(StrictSerializer):
    filename = serializers.CharField(
        max_length=LONGEST_GIVEN,
        help_text="What it is called where it is. It is kept without folders, and without what "
        "can't be seen or saved.",
    )
    content_type = serializers.ChoiceField(
        sorted(BY_CONTENT_TYPE),
        help_text="By the name's extension: see `ticket-options/`. Programs often know another one",
    )
    size = serializers.IntegerField(min_value=1, max_value=LARGEST_FILE, help_text="In bytes")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        kind = BY_CONTENT_TYPE[attrs["content_type"]]
        try:
            return {**attrs, "filename": harmless(attrs["filename"], kind)}
        except NameUnfit as error:
            endings = ", ".join(f".{extension}" for extension in kind.extensions)
            said = _("The name of such a file ends in %(endings)s.") % {"endings": endings}
            raise serializers.ValidationError({"filename": said}, code="extension") from error


class UploadShape(serializers.Serializer[Any]):
    """Where to put the file: exactly these bytes of this type, as one body, until it expires."""

    method = serializers.CharField(help_text="PUT")
    url = serializers.URLField(help_text="Whoever has it can put the file: not for others")
    headers = serializers.DictField(
        child=serializers.CharField(),
        help_text="To be sent along, besides the `Content-Length`, and no other type",
    )
    expires_at = serializers.DateTimeField()


class AnnouncedAttachmentShape(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="To be sent along with a message, within 24 hours")
    filename = serializers.CharField(help_text="As it will be shown and saved")
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes")
    upload = UploadShape()


class AttachmentLinkShape(serializers.Serializer[Any]):
    """Whoever has the address can download the file until it expires."""

    url = serializers.URLField()
    expires_at = serializers.DateTimeField()
