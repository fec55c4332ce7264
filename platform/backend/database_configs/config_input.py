"""What may be said of a database configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.common.api import StrictSerializer
from backend.common.api.fields import LineField
from backend.database_configs.models import Engine, TlsMode
from backend.database_configs.models.config import (
    LONGEST_CERTIFICATE,
    LONGEST_IDENTIFIER,
    LONGEST_NAME,
)
from backend.database_configs.probe.addresses import (
    HostInvalid,
    kind_refused,
    literal,
    normal_host,
)

LONGEST_SECRET: Final = 500
MOST_CERTIFICATES: Final = 10


class HostField(LineField):
    """A host name or one address; what a name leads to is looked at by the validation."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "path": _("A host name is expected, not a path or socket."),
        "several": _("One host is expected, not a list."),
        "zone": _("An address with a zone is only valid within one network."),
        "number": _("Write an address as four numbers, such as 198.51.100.7."),
        "syntax": _("A host name is expected, such as db.example.com."),
        "address-refused": _("Only addresses on the internet are connected to, not {kind} ones."),
    }

    def to_internal_value(self, data: Any) -> str:
        try:
            host = normal_host(super().to_internal_value(data))
        except HostInvalid as error:
            self.fail(error.code)
        if address := literal(host):
            networks = settings.DATABASE_CONFIG_ALLOWED_NETWORKS
            if kind := kind_refused(address, networks):
                self.fail("address-refused", kind=kind)
        return host


class IdentifierField(serializers.CharField):
    """A name in PostgreSQL: taken as it is, but for what it would cut off."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "control": _("Control characters are not allowed.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=LONGEST_IDENTIFIER, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        if not text.isprintable():
            self.fail("control")
        if len(text.encode()) > LONGEST_IDENTIFIER:
            self.fail("max_length", max_length=LONGEST_IDENTIFIER)
        return text


class CertificatesField(serializers.CharField):
    """Certificates in PEM, kept without what stands around them."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "private-key": _("This contains a private key. Only the certificate is needed."),
        "certificate": _("This is no certificate in PEM format."),
        "too-many": _("At most {most} certificates can be kept."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_CERTIFICATE, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        if not text:
            return ""
        if len(text) > LONGEST_CERTIFICATE:
            self.fail("max_length", max_length=LONGEST_CERTIFICATE)
        if "PRIVATE KEY" in text:
            self.fail("private-key")
        try:
            found = x509.load_pem_x509_certificates(text.encode())
        except ValueError:
            self.fail("certificate")
        if len(found) > MOST_CERTIFICATES:
            self.fail("too-many", most=MOST_CERTIFICATES)
        return "".join(each.public_bytes(Encoding.PEM).decode() for each in found)


class DatabaseConfigInput(StrictSerializer):
    """Of a new configuration all but `ca_certificate`; of a change, what changes.

    `secret` goes in and never comes out again. With another `host` or `port` it is needed again.
    """

    name = LineField(max_length=LONGEST_NAME)
    engine = serializers.ChoiceField(Engine.choices)
    host = HostField(max_length=253)
    port = serializers.IntegerField(min_value=1, max_value=65535)
    database = IdentifierField()
    user = IdentifierField()
    secret = serializers.CharField(
        trim_whitespace=False, max_length=LONGEST_SECRET, write_only=True, help_text="The password"
    )
    tls_mode = serializers.ChoiceField(TlsMode.choices)
    ca_certificate = CertificatesField(
        required=False,
        allow_blank=True,
        help_text="PEM: whom to trust instead of the public authorities. `verify-ca` needs it",
    )

    default_error_messages: ClassVar[dict[str, Any]] = {
        "needed": _("To verify by an authority alone, it must be one of your own.")
    }

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        def whole(name: str) -> Any:
            return attrs.get(name, getattr(self.instance, name, ""))

        if whole("tls_mode") == TlsMode.VERIFY_CA and not whole("ca_certificate"):
            message = str(self.error_messages["needed"])
            raise serializers.ValidationError({"ca_certificate": message}, code="needed")
        return attrs
