"""Who may do what: the one table of roles and abilities.

A client app's scopes are the same words, so that a rule asks one question whoever calls.
"""

from __future__ import annotations

from typing import Final

TENANT_READ: Final = "tenant.read"
CUSTOMERS_READ: Final = "customers.read"
CUSTOMERS_CREATE: Final = "customers.create"
CUSTOMERS_UPDATE: Final = "customers.update"
CUSTOMERS_DELETE: Final = "customers.delete"
CUSTOMERS_IMPORT: Final = "customers.import"
CUSTOMERS_EXPORT: Final = "customers.export"
CUSTOMERS_MERGE: Final = "customers.merge"
CUSTOMERS_ERASE: Final = "customers.erase"

ABILITIES: Final[dict[str, str]] = {
    TENANT_READ: "See the business's own details",
    CUSTOMERS_READ: "See customers",
    CUSTOMERS_CREATE: "Add customers",
    CUSTOMERS_UPDATE: "Edit customers, their tags and notes",
    CUSTOMERS_DELETE: "Delete customers",
    CUSTOMERS_IMPORT: "Import customers from a file",
    CUSTOMERS_EXPORT: "Export all customers",
    CUSTOMERS_MERGE: "Merge duplicate customers",
    CUSTOMERS_ERASE: "Erase a customer's personal data",
}

ROLE_ABILITIES: Final[dict[str, frozenset[str]]] = {
    "owner": frozenset(ABILITIES),
    "manager": frozenset(ABILITIES),
    "accountant": frozenset({TENANT_READ, CUSTOMERS_READ, CUSTOMERS_EXPORT}),
    "waiter": frozenset({TENANT_READ, CUSTOMERS_READ, CUSTOMERS_CREATE, CUSTOMERS_UPDATE}),
}
