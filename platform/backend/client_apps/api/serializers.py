"""What comes in, and the shapes of replies for the documentation."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from backend.client_apps.models.app import LONGEST_OVERLAP
from backend.common.abilities import ABILITIES, APP_SCOPES
from backend.common.api import StrictSerializer
from backend.common.api.fields import LineField
from backend.common.api.lists import PageSerializer

LONGEST_NAME: Final = 100
LONGEST_LIFE_DAYS: Final = 730
SCOPES: Final = [word for word in ABILITIES if word in APP_SCOPES]
ENDS: Final = "Days until the key expires, 1 to 730; null or left out: as long as the app"


class ScopesField(serializers.ListField):
    """Words of what an app may do, each once, at least one."""

    child = serializers.ChoiceField(choices=SCOPES)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty=False, max_length=2 * len(SCOPES), **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        # Before each is looked at: what is wrong with a million of them fills fifty megabytes.
        if isinstance(data, list) and len(data) > 2 * len(SCOPES):
            self.fail("max_length", max_length=2 * len(SCOPES))
        return sorted(set(super().to_internal_value(data)))


def ends_field() -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1,
        max_value=LONGEST_LIFE_DAYS,
        required=False,
        allow_null=True,
        default=None,
        help_text=ENDS,
    )


class AppInput(StrictSerializer):
    name = LineField(max_length=LONGEST_NAME)
    scopes = ScopesField()


class NewAppInput(AppInput):
    expires_in_days = ends_field()


class RotationInput(StrictSerializer):
    overlap_hours = serializers.IntegerField(
        min_value=0,
        max_value=LONGEST_OVERLAP.days * 24,
        help_text="How long the present keys go on working; 0 ends them at once",
    )
    expires_in_days = ends_field()


class ScopeShape(serializers.Serializer[Any]):
    word = serializers.CharField()
    description = serializers.CharField()


class AppItem(serializers.Serializer[Any]):
    """A client app in a list."""

    id = serializers.UUIDField(help_text="The `X-App-ID`")
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(
        allow_null=True, help_text="Of any of its keys; 5 minutes coarse"
    )
    keys = serializers.IntegerField(help_text="How many work")
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="When the last of them expires; null: never, or there is none"
    )


class AppPageShape(PageSerializer):
    results = AppItem(many=True)
    can = serializers.ListField(child=serializers.CharField(), help_text="Among: create")
    scopes_available = ScopeShape(many=True, help_text="What the caller may give an app")


class KeyShape(serializers.Serializer[Any]):
    """One of an app's keys."""

    id = serializers.UUIDField()
    shown = serializers.CharField(help_text="Its first characters, to recognise it by")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="5 minutes coarse")
    usable = serializers.BooleanField()


class AppFull(AppItem):
    """A client app with its keys: those that work, and of the others the newest, 50 in all."""

    keys = KeyShape(many=True)  # type: ignore[assignment] # more of the same in a full one
    can = serializers.ListField(
        child=serializers.CharField(), help_text="Among: update, rotate, revoke"
    )
    scopes_available = ScopeShape(many=True, help_text="What the caller may give it")


class NewApp(AppFull):
    key = serializers.CharField(help_text="In this reply, and never again")


class AppName(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())


class NewKey(KeyShape):
    app = AppName()
    key = serializers.CharField(help_text="In this reply, and never again")
    old_keys_until = serializers.DateTimeField(help_text="The others end then, or earlier")
