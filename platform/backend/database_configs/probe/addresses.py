"""Which addresses a tenant's database may have: those of the internet, and what a setting allows.

A request from inside our network would reach what the internet can't: neighbours, the cloud's
metadata service, ourselves.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[str]]

LONGEST_HOST: Final = 253
_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
# To other programs `2130706433`, `0x7f.1` and `127.1` are addresses.
_LOOKS_LIKE_A_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_INTERNET: Final = IPv6Network("2000::/3")

# By kind; the first that fits, so that the special ones stand before what contains them.
_REFUSED: Final = tuple(
    (kind, ip_network(network))
    for kind, networks in (
        # The clouds' services that hand out credentials. Azure's has a public address.
        ("metadata", "169.254.169.254/32 100.100.100.200/32 192.0.0.192/32 168.63.129.16/32"),
        ("metadata", "fd00:ec2::254/128 fd20:ce::254/128"),
        ("unspecified", "0.0.0.0/8 ::/128"),
        ("loopback", "127.0.0.0/8 ::1/128"),
        ("link-local", "169.254.0.0/16 fe80::/10"),
        ("private", "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10"),
        ("shared", "100.64.0.0/10"),
        ("multicast", "224.0.0.0/4 ff00::/8"),
        # An IPv4 address inside an IPv6 one, which a router or the system takes out again.
        ("embedded", "::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2001::/32 2002::/16"),
        ("reserved", "192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24"),
        ("reserved", "203.0.113.0/24 240.0.0.0/4"),
        ("reserved", "2001::/23 2001:db8::/32 3fff::/20"),
    )
    for network in networks.split()
)


class HostInvalid(ValueError):
    """`code` says what is wrong with it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def normal_host(text: str) -> str:
    """The host as one name in small letters or one address; raises HostInvalid.

    libpq would take a path for a socket of this machine and a comma for a list of servers.
    """
    host = text.strip().lower()
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    for sign, code in (("/", "path"), ("@", "path"), (",", "several"), ("%", "zone")):
        if sign in host:
            raise HostInvalid(code)
    if address := literal(host):
        return str(address)
    host = host.removesuffix(".")
    labels = host.split(".")
    if _LOOKS_LIKE_A_NUMBER.fullmatch(labels[-1]):
        raise HostInvalid("number")
    if len(host) > LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise HostInvalid("syntax")
    return host


def literal(host: str) -> Address | None:
    """The address that `host` is, in its usual notation; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def kind_refused(address: Address, allowed: Sequence[str] = ()) -> str | None:
    """Why this address isn't connected to, in one word; None where it may be."""
    if any(address in ip_network(network) for network in allowed):
        return None
    for kind, network in _REFUSED:
        if address in network:
            return kind
    if address.version == 6 and address not in _INTERNET:
        return "reserved"
    return None


def resolve(host: str, port: int) -> list[str]:
    """All addresses of the name, in the order in which the system would try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
