"""Is the line encrypted, and by whom: asked before any password is sent."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from typing import Final

import certifi

from backend.database_configs.probe.certificates import figures_of, problem_of
from backend.database_configs.probe.checks import CONNECT_SECONDS, SOON_DAYS, Check
from backend.database_configs.probe.target import Target

# PostgreSQL's protocol, 55.7: length 8, then the code 80877103.
_SSL_REQUEST: Final = bytes.fromhex("0000000804d2162f")


def connect(address: str, port: int) -> socket.socket:
    return socket.create_connection((address, port), timeout=CONNECT_SECONDS)


def look_at_encryption(target: Target, address: str, line: socket.socket) -> Iterator[Check]:
    """The checks `tls` and `certificate`. Closes the line."""
    if target.tls_mode == "disable":
        line.close()
        yield Check("tls", "off")
        yield Check("certificate", "off")
        return
    problem = ""
    try:
        answer = _ask(line)
        if answer != b"S":
            yield Check("tls", "not-offered" if answer == b"N" else "not-postgresql")
            return
        try:
            encrypted = _context(target).wrap_socket(line, server_hostname=target.host)
        except ssl.SSLCertVerificationError as error:
            problem = problem_of(error)
            # Once more without verifying, to tell whose certificate it is.
            line.close()
            line = connect(address, target.port)
            _ask(line)
            encrypted = _context(target, verify=False).wrap_socket(line)
    except TimeoutError:
        yield Check("tls", "timed-out")
        return
    except OSError:
        # What `ssl` raises besides is an OSError as well.
        yield Check("tls", "handshake")
        return
    finally:
        line.close()
    with closing(encrypted):
        cipher = encrypted.cipher()
        figures = {"protocol": encrypted.version() or "", "cipher": cipher[0] if cipher else ""}
        certificate = figures_of(encrypted.getpeercert(binary_form=True) or b"")
    yield Check("tls", "encrypted", figures)
    yield Check("certificate", problem or _verdict(target, certificate.get("days", 0)), certificate)


def _ask(line: socket.socket) -> bytes:
    line.settimeout(CONNECT_SECONDS)
    line.sendall(_SSL_REQUEST)
    # One byte and no more: what came after it unencrypted would be taken for encrypted.
    return line.recv(1)


def _context(target: Target, *, verify: bool = True) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = verify and target.tls_mode == "verify-full"
    if not (verify and target.is_verified):
        context.verify_mode = ssl.CERT_NONE
    elif target.ca_certificate:
        context.load_verify_locations(cadata=target.ca_certificate)
    else:
        context.load_verify_locations(cafile=certifi.where())
    return context


def _verdict(target: Target, days: int) -> str:
    if not target.is_verified:
        return "not-verified"
    if days <= SOON_DAYS:
        return "ends-soon"
    return "verified" if target.tls_mode == "verify-full" else "verified-issuer"
