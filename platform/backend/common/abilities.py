"""Who may do what, and when: the one table of roles, tenant states and abilities.

A client app's scopes are the same words, so that a rule asks one question whoever calls. What a
caller may do is what their role (or the app's scopes) and the tenant's state both allow.
"""

from __future__ import annotations

from typing import Final

TENANT_READ: Final = "tenant.read"
TENANT_HISTORY: Final = "tenant.history"
TENANT_UPDATE: Final = "tenant.update"
TENANT_PROVISION: Final = "tenant.provision"
TENANT_EXPORT: Final = "tenant.export"
MEMBERS_READ: Final = "members.read"
MEMBERS_INVITE: Final = "members.invite"
MEMBERS_UPDATE: Final = "members.update"
MEMBERS_REVOKE: Final = "members.revoke"
CLIENT_APPS_READ: Final = "client-apps.read"
CLIENT_APPS_MANAGE: Final = "client-apps.manage"
DATABASE_CONFIGS_READ: Final = "database-configs.read"
DATABASE_CONFIGS_MANAGE: Final = "database-configs.manage"
AUDIT_READ: Final = "audit.read"
SERVICES_READ: Final = "services.read"
SERVICES_MANAGE: Final = "services.manage"
BILLING_READ: Final = "billing.read"
BILLING_PAY: Final = "billing.pay"
TICKETS_READ: Final = "tickets.read"
TICKETS_READ_ALL: Final = "tickets.read-all"
TICKETS_WRITE: Final = "tickets.write"
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
    TENANT_HISTORY: "See why the business is in its state",
    TENANT_UPDATE: "Change the business's details",
    TENANT_PROVISION: "Set the business up, and try again",
    TENANT_EXPORT: "Export everything the business owns",
    MEMBERS_READ: "See who belongs to the business",
    MEMBERS_INVITE: "Invite people",
    MEMBERS_UPDATE: "Change people's roles",
    MEMBERS_REVOKE: "End people's access",
    CLIENT_APPS_READ: "See the client apps",
    CLIENT_APPS_MANAGE: "Create client apps, change their keys, revoke them",
    DATABASE_CONFIGS_READ: "See the database configurations",
    DATABASE_CONFIGS_MANAGE: "Change and validate the database configurations",
    AUDIT_READ: "See what happened in the business",
    SERVICES_READ: "See the plans, and the services of the business",
    SERVICES_MANAGE: "Subscribe to plans, change and cancel them",
    BILLING_READ: "See invoices, payments and the statement of account",
    BILLING_PAY: "Pay invoices",
    TICKETS_READ: "See the tickets that one has opened",
    TICKETS_READ_ALL: "See everybody's tickets",
    TICKETS_WRITE: "Open tickets, write in them, close and reopen them",
    CUSTOMERS_READ: "See customers",
    CUSTOMERS_CREATE: "Add customers",
    CUSTOMERS_UPDATE: "Edit customers, their tags and notes",
    CUSTOMERS_DELETE: "Delete customers",
    CUSTOMERS_IMPORT: "Import customers from a file",
    CUSTOMERS_EXPORT: "Export all customers",
    CUSTOMERS_MERGE: "Merge duplicate customers",
    CUSTOMERS_ERASE: "Erase a customer's personal data",
}

_EVERYTHING: Final = frozenset(ABILITIES)
# Keys to the house: who holds one of these could give themselves all the others.
_OF_OWNERS: Final = frozenset(
    {
        TENANT_PROVISION,
        TENANT_EXPORT,
        CLIENT_APPS_MANAGE,
        DATABASE_CONFIGS_READ,
        DATABASE_CONFIGS_MANAGE,
        AUDIT_READ,
        SERVICES_MANAGE,
    }
)

ROLE_ABILITIES: Final[dict[str, frozenset[str]]] = {
    "owner": _EVERYTHING,
    "manager": _EVERYTHING - _OF_OWNERS,
    "accountant": frozenset(
        {
            TENANT_READ,
            TENANT_HISTORY,
            SERVICES_READ,
            BILLING_READ,
            BILLING_PAY,
            TICKETS_READ,
            TICKETS_WRITE,
            CUSTOMERS_READ,
            CUSTOMERS_EXPORT,
        }
    ),
    "waiter": frozenset(
        {
            TENANT_READ,
            TICKETS_READ,
            TICKETS_WRITE,
            CUSTOMERS_READ,
            CUSTOMERS_CREATE,
            CUSTOMERS_UPDATE,
        }
    ),
}

# What a client app can be given: an app must not let people in, make itself a stronger key, or
# spend money.
APP_SCOPES: Final = _EVERYTHING - {
    TENANT_PROVISION,
    MEMBERS_INVITE,
    MEMBERS_UPDATE,
    MEMBERS_REVOKE,
    CLIENT_APPS_MANAGE,
    DATABASE_CONFIGS_MANAGE,
    SERVICES_MANAGE,
    BILLING_PAY,
}

_SETTING_UP: Final = frozenset(
    {
        TENANT_READ,
        TENANT_HISTORY,
        TENANT_UPDATE,
        TENANT_PROVISION,
        MEMBERS_READ,
        MEMBERS_INVITE,
        AUDIT_READ,
        # Who can't set their business up needs help most.
        TICKETS_READ,
        TICKETS_READ_ALL,
        TICKETS_WRITE,
    }
)
_READING: Final = frozenset(
    ability for ability in ABILITIES if ability.endswith((".read", ".read-all", ".history"))
)

STATE_ABILITIES: Final[dict[str, frozenset[str]]] = {
    "draft": _SETTING_UP,
    "provisioning": _SETTING_UP - {TENANT_UPDATE},
    "active": _EVERYTHING,
    # Nothing new, but what the business owns stays within its reach.
    "suspended": _READING | {TENANT_EXPORT, CUSTOMERS_EXPORT, BILLING_PAY, TICKETS_WRITE},
    "archived": frozenset({TENANT_READ, TENANT_HISTORY, TENANT_EXPORT}),
}
