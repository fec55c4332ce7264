"""A sentence for each result that a check can have, as `docs/api/database-checks.json` lists them.

Names in parentheses are figures that come with the result.
"""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

KINDS: Final[dict[str, Text]] = {
    "metadata": _("an address of a cloud provider’s own service"),
    "unspecified": _("an address that means no particular machine"),
    "loopback": _("an address that means the machine itself"),
    "link-local": _("an address that is only valid within one network"),
    "private": _("a private address"),
    "shared": _("an address that is shared within a provider’s network"),
    "multicast": _("an address for many receivers at once"),
    "embedded": _("an IPv4 address written as an IPv6 one"),
    "reserved": _("a reserved address"),
}
_TIMED_OUT: Final = _("It took too long, so we gave up.")
_NO_SENSE: Final = _("The server’s answers made no sense to us.")
_BROKEN_OFF: Final = _("The connection broke off.")
_REFUSED: Final = _("The server refused to answer (%(sqlstate)s).")
_NO_POSTGRESQL: Final = _("Something answers there, but it isn’t PostgreSQL.")
_ANY: Final[dict[str, Text]] = {"timed-out": _TIMED_OUT, "no-sense": _NO_SENSE}
_OF_A_QUERY: Final[dict[str, Text]] = {**_ANY, "broken-off": _BROKEN_OFF, "refused": _REFUSED}

RESULTS: Final[dict[str, dict[str, Text]]] = {
    "address": {
        **_ANY,
        "found": _("The host leads to an address on the internet."),
        "allowed": _("The host leads to an address that is allowed here."),
        "refused": _("The host leads to %(kind)s. We only connect to addresses on the internet."),
        "unknown": _("Nobody knows a machine of this name. Is there a typing error in the host?"),
        "lookup-failed": _("The name can’t be looked up just now. Please try again later."),
    },
    "reachability": {
        **_ANY,
        "connected": _("Port %(port)s answers."),
        "closed": _("The machine is there, but nothing listens on port %(port)s."),
        "silent": _(
            "No answer within %(seconds)s seconds. Perhaps a firewall keeps us out: our addresses "
            "must be let in."
        ),
        "no-route": _("There is no way to this machine."),
    },
    "tls": {
        **_ANY,
        "encrypted": _("Nobody in between can read along."),
        "off": _("Nothing is encrypted: whoever is in between can read everything."),
        "not-offered": _("The server offers no encryption. It must be switched on there."),
        "handshake": _("The server and we found no common way to encrypt."),
        "not-postgresql": _NO_POSTGRESQL,
    },
    "certificate": {
        **_ANY,
        "verified": _("It is really this server: %(subject)s, says %(issuer)s."),
        "verified-issuer": _("Issued by your own authority: %(subject)s, says %(issuer)s."),
        "ends-soon": _("It is right, but only for another %(days)s."),
        "not-verified": _(
            "It wasn’t verified, as you chose. Somebody else could pose as this server."
        ),
        "expired": _("The certificate has expired."),
        "not-yet-valid": _("The certificate isn’t valid yet."),
        "unknown-issuer": _(
            "We don’t know who issued it. If it is an authority of your own, add its certificate."
        ),
        "other-host": _("It was issued for another host (%(subject)s)."),
        "invalid": _("The certificate can’t be verified."),
    },
    "authentication": {
        **_OF_A_QUERY,
        "accepted": _("The server lets us in."),
        "no-password": _(
            "The server lets this user in without any password, and so it would others."
        ),
        "wrong": _("The server doesn’t accept this user with this password."),
        "not-admitted": _(
            "The server’s rules don’t admit this user from here. They are in its pg_hba.conf."
        ),
        "no-database": _("There’s no database of this name."),
        "not-allowed": _("The user may not connect to this database."),
        "clear-text": _(
            "The server asks for the password in clear text. We only send it like that where the "
            "certificate is verified."
        ),
        "other-method": _("The server asks for something else than a password."),
        "full": _("The server has no connection left."),
        "starting": _("The server is starting or stopping. Please try again in a minute."),
        "certificate": _("When it came to signing in, the encryption failed."),
        "not-postgresql": _NO_POSTGRESQL,
        "secret-lost": _("The stored password can’t be read any more. Please enter it again."),
    },
    "version": {
        **_ANY,
        "supported": _("PostgreSQL of this version is supported."),
        "too-old": _("PostgreSQL %(version)s is too old: version %(least)s or newer is needed."),
    },
    "latency": {
        **_OF_A_QUERY,
        "quick": _("The way there and back is short."),
        "slow": _("The way there and back takes long, which you would feel on every page."),
    },
    "privileges": {
        **_OF_A_QUERY,
        "sufficient": _("The user may do all that is needed."),
        "more-than-needed": _(
            "The user is a superuser. That is more than needed: take one of its own for Tavola."
        ),
        "no-roles": _(
            "The user may create schemas and tables. An administrator has to create the roles."
        ),
        "no-schemas": _("The user may not create schemas in this database."),
        "read-only": _("The database can only be read. Perhaps it is a copy of another."),
    },
    "rls": {
        **_OF_A_QUERY,
        "filters": _("Tried out: one business can’t see another’s rows."),
        "bypassed": _("The user is exempt from it, so it couldn’t be tried out."),
        "ineffective": _("Tried out: rows that should be hidden weren’t."),
        "not-allowed": _("The user may not create a table to try it out with."),
        "unsupported": _("The server doesn’t have it."),
    },
}
