"""The staff admin's sidebar, and the badge that says where one is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

# Group, then (title, icon, model).
SIDEBAR = (
    (
        "Tenants",
        (
            ("Tenants", "storefront", "tenants.Tenant"),
            ("Members", "badge", "tenants.Member"),
            ("Invitations", "forward_to_inbox", "tenants.Invitation"),
            ("Client apps", "key", "client_apps.ClientApp"),
            ("Exports", "archive", "exports.TenantExport"),
            ("Databases", "database", "database_configs.DatabaseConfig"),
        ),
    ),
    (
        "Support",
        (
            ("Tickets", "support_agent", "tickets.Ticket"),
            ("Canned replies", "quickreply", "tickets.CannedReply"),
            ("Departments", "alt_route", "tickets.Department"),
            ("Service levels", "timer", "tickets.ServiceLevel"),
            ("Incoming mails", "mail", "tickets.IncomingMail"),
        ),
    ),
    (
        "Services",
        (
            ("Services", "autorenew", "services.Service"),
            ("Plans", "sell", "services.Plan"),
        ),
    ),
    (
        "Billing",
        (
            ("Invoices", "receipt_long", "billing.Invoice"),
            ("Credit notes", "undo", "billing.CreditNote"),
            ("Payments", "payments", "billing.Payment"),
            ("Refunds", "currency_exchange", "billing.Refund"),
            ("Accounts", "account_balance", "billing.Account"),
            ("Ledger", "menu_book", "billing.Entry"),
            ("Reminders", "notifications", "billing.Reminder"),
            ("Suspensions", "pause_circle", "billing.OverdueSuspension"),
            ("Notifications", "webhook", "billing.GatewayEvent"),
            ("Seller", "business", "billing.Seller"),
        ),
    ),
    (
        "Customers",
        (
            ("Customers", "groups", "crm.Customer"),
            ("Tags", "label", "crm.Tag"),
            ("Imports", "upload_file", "crm.CustomerImport"),
        ),
    ),
    (
        "People",
        (
            ("People", "person", "accounts.Person"),
            ("Sessions", "devices", "accounts.Session"),
            ("Staff groups", "shield_person", "auth.Group"),
        ),
    ),
    (
        "Operations",
        (
            ("Jobs", "schedule", "procrastinate.ProcrastinateJob"),
            ("Audit trail", "policy", "audit.AuditEvent"),
            ("Staff activity", "history", "admin.LogEntry"),
        ),
    ),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """What this member of staff may look at."""
    addresses = {
        model["model"]._meta.label: model["admin_url"]
        for app in admin.site.get_app_list(request)
        for model in app["models"]
    }
    start = {"title": "Overview", "icon": "space_dashboard", "link": reverse("admin:index")}
    groups = [
        {
            "title": title,
            "items": [
                {"title": name, "icon": icon, "link": addresses[model]}
                for name, icon, model in items
                if addresses.get(model)
            ],
        }
        for title, items in SIDEBAR
    ]
    return [{"items": [start]}, *(group for group in groups if group["items"])]


def environment(request: HttpRequest) -> tuple[str, str]:
    """Name and colour: nobody should take the live data for a playground, or the other way."""
    return settings.ENVIRONMENT, "info" if settings.DEBUG else "warning"
