"""What a look at a database can tell: each check, and each result that it can have.

`docs/api/database-checks.json` holds the same words for those who translate them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

Status = Literal["passed", "failed", "warning", "skipped"]

OLDEST_VERSION: Final = 15
SLOW_MS: Final = 50
CONNECT_SECONDS: Final = 5
SOON_DAYS: Final = 14

_KINDS: Final = {
    "metadata": "an address of a cloud's own service",
    "unspecified": "an address that means no particular machine",
    "loopback": "an address that means our own machine",
    "link-local": "an address that is only valid within one network",
    "private": "a private address",
    "shared": "an address that is shared within a provider's network",
    "multicast": "an address for many receivers at once",
    "embedded": "an IPv4 address in the clothes of an IPv6 one",
    "reserved": "an address that is reserved",
}

Results = dict[str, tuple[Status, str]]

# Of every check: earlier ones may stop the look, and the server may stop answering.
_ANY: Final[Results] = {
    "not-reached": ("skipped", "Not looked at, because something before it failed."),
    "timed-out": ("failed", "It took too long, and was given up."),
    "no-sense": ("failed", "The server's answers made no sense."),
}
_OF_A_QUERY: Final[Results] = {
    "broken-off": ("failed", "The connection broke off."),
    "refused": ("failed", "The server refused to answer ({sqlstate})."),
}

RESULTS: Final[dict[str, Results]] = {
    "address": {
        "found": ("passed", "The host leads to an address on the internet."),
        "allowed": ("passed", "The host leads to an address that this installation allows."),
        "refused": (
            "failed",
            "The host leads to {kind}. From here only addresses on the internet are connected to.",
        ),
        "unknown": ("failed", "Nobody knows a machine of this name."),
        "lookup-failed": ("failed", "The name could not be looked up just now."),
    },
    "reachability": {
        "connected": ("passed", "Port {port} answers."),
        "closed": ("failed", "The machine answers, but nothing listens on port {port}."),
        "silent": (
            "failed",
            "No answer within {seconds} seconds. There may be a firewall that keeps us out.",
        ),
        "no-route": ("failed", "There is no way to this machine."),
    },
    "tls": {
        "encrypted": ("passed", "The connection is encrypted ({protocol})."),
        "off": ("warning", "Nothing is encrypted: whoever is in between can read everything."),
        "not-offered": ("failed", "The server offers no encryption."),
        "handshake": ("failed", "The server and we found no common way to encrypt."),
        "not-postgresql": ("failed", "What answers there is not PostgreSQL."),
    },
    "certificate": {
        "verified": ("passed", "The certificate is that of this server."),
        "verified-issuer": ("passed", "The certificate was issued by your authority."),
        "ends-soon": ("warning", "The certificate is right, but ends soon (days left: {days})."),
        "not-verified": (
            "warning",
            "The certificate was not verified, so somebody else could pose as this server.",
        ),
        "expired": ("failed", "The certificate has expired."),
        "not-yet-valid": ("failed", "The certificate is not valid yet."),
        "unknown-issuer": ("failed", "The certificate is by an authority that we don't know."),
        "other-host": ("failed", "The certificate is for another host."),
        "invalid": ("failed", "The certificate could not be verified."),
        "off": ("skipped", "Without encryption there is no certificate."),
    },
    "authentication": {
        "accepted": ("passed", "The server accepts the user and the password."),
        "no-password": ("warning", "The server lets this user in without any password."),
        "wrong": ("failed", "The server doesn't accept this user with this password."),
        "not-admitted": ("failed", "The server's rules don't admit this user from here."),
        "no-database": ("failed", "There is no database of this name."),
        "not-allowed": ("failed", "The user may not connect to this database."),
        "clear-text": (
            "failed",
            "The server asks for the password in clear text. That needs a verified certificate.",
        ),
        "other-method": ("failed", "The server asks for something else than a password."),
        "full": ("failed", "The server has no connection left."),
        "starting": ("failed", "The server is starting or stopping."),
        "certificate": ("failed", "When it came to signing in, the encryption failed."),
        "not-postgresql": ("failed", "What answers there is not PostgreSQL."),
        "secret-lost": ("failed", "The stored password can't be read any more. Enter it anew."),
        **_OF_A_QUERY,
    },
    "version": {
        "supported": ("passed", "PostgreSQL {version} is supported."),
        "too-old": ("failed", "PostgreSQL {version} is too old: version {least} is needed."),
    },
    "latency": {
        "quick": ("passed", "A round trip takes {median_ms} ms."),
        "slow": ("warning", "A round trip takes {median_ms} ms, which makes every page slow."),
        **_OF_A_QUERY,
    },
    "privileges": {
        "sufficient": ("passed", "The user may create schemas, tables and roles."),
        "more-than-needed": (
            "warning",
            "The user is a superuser, which is more than needed: a leak would open everything.",
        ),
        "no-roles": (
            "warning",
            "The user may create schemas and tables. An administrator must create the roles.",
        ),
        "no-schemas": ("failed", "The user may not create schemas in this database."),
        "read-only": ("failed", "The database can only be read."),
        **_OF_A_QUERY,
    },
    "rls": {
        "filters": ("passed", "Row-level security works: a policy hid what it should hide."),
        "bypassed": ("warning", "The user is exempt from row-level security, so it wasn't seen."),
        "ineffective": ("failed", "A policy of row-level security didn't hide what it should."),
        "not-allowed": ("failed", "The user may not create a table to try a policy on."),
        "unsupported": ("failed", "The server doesn't know row-level security."),
        **_OF_A_QUERY,
    },
}
for _results in RESULTS.values():
    _results |= _ANY

CODES: Final = tuple(RESULTS)
# Without these, there is nothing to look at any further.
DECISIVE: Final = frozenset(CODES[: CODES.index("latency")])


@dataclass(frozen=True, slots=True)
class Check:
    """One result. Figures are what was measured or found, and nothing that the server said freely:
    it might repeat the secret.
    """

    code: str
    reason: str
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        return RESULTS[self.code][self.reason][0]

    @property
    def detail(self) -> str:
        sentence = RESULTS[self.code][self.reason][1]
        words = {"kind": _KINDS.get(self.figures.get("kind", ""), "")}
        return sentence.format_map(self.figures | words)

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "status": self.status,
            "reason": self.reason,
            "detail": self.detail,
            "figures": self.figures,
        }
