"""What a server's certificate says of itself, and what is wrong with it."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

LONGEST_NAME: Final = 200

# OpenSSL's own numbers (x509_vfy.h), which Python has no names for.
_PROBLEMS: Final = {
    9: "not-yet-valid",
    10: "expired",
    2: "unknown-issuer",
    18: "unknown-issuer",
    19: "unknown-issuer",
    20: "unknown-issuer",
    21: "unknown-issuer",
    62: "other-host",
    64: "other-host",
}


def problem_of(error: ssl.SSLCertVerificationError) -> str:
    return _PROBLEMS.get(error.verify_code, "invalid")


def figures_of(der: bytes) -> dict[str, Any]:
    """Whose it is, who says so, and until when."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        return {
            "subject": _name(certificate.subject),
            "issuer": _name(certificate.issuer),
            "expires_at": certificate.not_valid_after_utc.isoformat(),
            "days": (certificate.not_valid_after_utc - datetime.now(UTC)).days,
        }
    except ValueError:
        # Worse than most, yet OpenSSL could read enough of it.
        return {}


def _name(name: x509.Name) -> str:
    """The common name, or what there is instead of one."""
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(oid):
            return str(attribute.value)[:LONGEST_NAME]
    return name.rfc4514_string()[:LONGEST_NAME]
