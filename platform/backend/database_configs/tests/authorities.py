"""Certificates for the tests: an authority, and servers' certificates that it has issued."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Authority:
    """Issues certificates; itself one, in PEM as `pem`."""

    def __init__(self, directory: Path, name: str = "Authority of the tests") -> None:
        self.directory = directory
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        own = self._begin(self.name, self.key, timedelta(days=365))
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.pem = own.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()

    def files(self, *hosts: str, days: int = 90, days_old: int = 1) -> tuple[Path, Path]:
        """A new certificate for a server that has these names or addresses, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"server {hosts[0]}")])
        begun = self._begin(subject, key, timedelta(days=days), timedelta(days=days_old))
        begun = begun.add_extension(
            x509.SubjectAlternativeName([_alternative(host) for host in hosts]), critical=False
        )
        stem = f"{'-'.join(hosts)}-{days}-{days_old}"
        certificate = self.directory / f"{stem}.pem"
        certificate.write_bytes(begun.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM))
        private = self.directory / f"{stem}.key"
        private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return certificate, private

    def context(self, *hosts: str, days: int = 90, days_old: int = 1) -> ssl.SSLContext:
        """For the server's end of an encrypted line."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.files(*hosts, days=days, days_old=days_old))
        return context

    def _begin(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        valid: timedelta,
        age: timedelta = timedelta(days=1),
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - age)
            .not_valid_after(now + valid)
        )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(IPv4Address(host))
    except ValueError:
        return x509.DNSName(host)
