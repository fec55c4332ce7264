"""Shapes of what the auth and me endpoints take and give."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from backend.accounts.models import Person
from backend.common.api import StrictSerializer

LONGEST_PASSWORD = 256
LONGEST_CODE = 64


def _password() -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)


def _name() -> serializers.CharField:
    """A name ends up in the heads of mails, where a line break would begin another head."""
    one_line = RegexValidator(r"^[^\x00-\x1f\x7f]*$", "Control characters are not allowed.")
    return serializers.CharField(max_length=150, validators=[one_line])


class EmailRequest(StrictSerializer):
    email = serializers.EmailField(max_length=254)


class LoginRequest(EmailRequest):
    password = _password()


class SignupRequest(LoginRequest):
    name = _name()
    language = serializers.ChoiceField(Person.Language.choices, default=Person.Language.ENGLISH)


class KeyRequest(StrictSerializer):
    key = serializers.CharField(max_length=LONGEST_CODE, help_text="The code from the mail")


class PasswordResetRequest(KeyRequest):
    password = _password()


class PasswordRequest(StrictSerializer):
    password = _password()


class PasswordChangeRequest(StrictSerializer):
    current_password = serializers.CharField(
        max_length=LONGEST_PASSWORD,
        trim_whitespace=False,
        required=False,
        help_text="Required of everybody who has a password",
    )
    new_password = _password()


class CodeRequest(StrictSerializer):
    code = serializers.CharField(
        max_length=LONGEST_CODE, help_text="From the authenticator app, or a recovery code"
    )


class Nothing(StrictSerializer):
    """An empty body, or an empty object."""


class UserSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    display = serializers.CharField()


class AuthenticationMethodSerializer(serializers.Serializer[Any]):
    method = serializers.CharField()
    at = serializers.FloatField(help_text="Unix seconds")
    email = serializers.EmailField(required=False)
    id = serializers.IntegerField(required=False)
    type = serializers.CharField(required=False)
    reauthenticated = serializers.BooleanField(required=False)


class AuthenticatedDataSerializer(serializers.Serializer[Any]):
    user = UserSerializer()
    methods = AuthenticationMethodSerializer(many=True)


class AuthenticatedMetaSerializer(serializers.Serializer[Any]):
    is_authenticated = serializers.BooleanField()
    session_token = serializers.CharField(
        required=False, help_text="A new token; the one that was sent is worthless from now on"
    )


def _envelope(name: str, **members: Any) -> type[serializers.Serializer[Any]]:
    """What allauth's answers are wrapped in. Made so, as a class can't declare DRF's `data`."""
    return type(name, (serializers.Serializer,), {"status": serializers.IntegerField(), **members})


AuthenticatedSerializer = _envelope(
    "AuthenticatedSerializer",
    data=AuthenticatedDataSerializer(),
    meta=AuthenticatedMetaSerializer(),
)
DoneSerializer = _envelope("DoneSerializer")


class EmailAddressSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField()
    verified = serializers.BooleanField(help_text="False: its code hasn't been typed yet")
    primary = serializers.BooleanField(help_text="The one to sign in with")


EmailAddressesSerializer = _envelope(
    "EmailAddressesSerializer", data=EmailAddressSerializer(many=True)
)


class AuthenticatorDataSerializer(serializers.Serializer[Any]):
    type = serializers.ChoiceField([("totp", "App"), ("recovery_codes", "Recovery codes")])
    created_at = serializers.FloatField(help_text="Unix seconds")
    last_used_at = serializers.FloatField(allow_null=True, help_text="Unix seconds")
    total_code_count = serializers.IntegerField(required=False)
    unused_code_count = serializers.IntegerField(required=False)


class RecoveryCodesDataSerializer(AuthenticatorDataSerializer):
    unused_codes = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Shown once"
    )


AuthenticatorSerializer = _envelope("AuthenticatorSerializer", data=AuthenticatorDataSerializer())
AuthenticatorsSerializer = _envelope(
    "AuthenticatorsSerializer", data=AuthenticatorDataSerializer(many=True)
)
RecoveryCodesSerializer = _envelope("RecoveryCodesSerializer", data=RecoveryCodesDataSerializer())


class PersonSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    email = serializers.EmailField(read_only=True)
    name = _name()
    language = serializers.ChoiceField(Person.Language.choices)


class MyTenantSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField()
    country = serializers.CharField()
    currency = serializers.CharField()
    state = serializers.CharField()


class MeSerializer(serializers.Serializer[Any]):
    person = PersonSerializer()
    tenants = MyTenantSerializer(many=True)


class SessionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    address = serializers.CharField(allow_null=True)
    place = serializers.CharField(
        allow_blank=True,
        help_text="Such as Vienna, Austria, in the person's language; empty if not known",
    )
    user_agent = serializers.CharField()
    current = serializers.BooleanField()


class SessionsSerializer(serializers.Serializer[Any]):
    results = SessionSerializer(many=True)
