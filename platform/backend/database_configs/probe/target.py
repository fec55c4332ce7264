from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """What to look at. `ca_certificate` is PEM or empty; networks are in CIDR notation."""

    host: str
    port: int
    database: str
    user: str
    secret: str = field(repr=False)
    tls_mode: str
    ca_certificate: str = ""
    allowed_networks: tuple[str, ...] = ()

    @property
    def is_verified(self) -> bool:
        return self.tls_mode.startswith("verify-")
