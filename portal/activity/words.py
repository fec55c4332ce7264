"""A sentence for each word of the audit trail. A test fails while one is missing.

`%(who)s` is who did it, `%(what)s` what it was about, `%(reason)s` and the like come from the facts
that the platform keeps with it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.api_client.audit import Event
from portal.ui.components.shell import ROLE_NAMES

Words = str | Promise

SENTENCES: dict[str, Words] = {
    "session.started": _("%(who)s signed in"),
    "session.failed": _("Somebody tried to sign in as %(who)s and failed"),
    "session.ended": _("%(who)s signed out"),
    "person.password-changed": _("%(who)s changed their password"),
    "person.password-reset": _("%(who)s set a new password by email"),
    "person.second-factor-added": _("%(who)s set up two-step sign-in"),
    "person.second-factor-removed": _("Two-step sign-in of %(who)s was switched off"),
    "person.recovery-codes-made": _("%(who)s made new recovery codes"),
    "person.email-changed": _("%(who)s changed their email address"),
    "tenant.registered": _("%(who)s registered the business"),
    "tenant.updated": _("%(who)s changed the details of the business"),
    "tenant.provision": _("%(who)s started the set-up"),
    "tenant.provision-failed": _("The set-up stopped"),
    "tenant.activate": _("The business was opened"),
    "tenant.suspend": _("%(who)s suspended the business"),
    "tenant.reactivate": _("%(who)s opened the business again"),
    "tenant.archive": _("%(who)s closed the business"),
    "member.invited": _("%(who)s invited %(what)s"),
    "member.invitation-sent-again": _("%(who)s sent the invitation of %(what)s again"),
    "member.invitation-withdrawn": _("%(who)s withdrew the invitation of %(what)s"),
    "member.joined": _("%(who)s joined the business"),
    "member.role-changed": _("%(who)s changed the role of %(what)s: %(from)s → %(to)s"),
    "member.revoked": _("%(who)s ended the access of %(what)s"),
    "member.left": _("%(who)s left the business"),
    "client-app.created": _("%(who)s created the app %(what)s"),
    "client-app.updated": _("%(who)s changed the app %(what)s"),
    "client-app.key-issued": _("%(who)s made a new key for the app %(what)s"),
    "client-app.key-revoked": _("%(who)s revoked a key of the app %(what)s"),
    "client-app.revoked": _("%(who)s revoked the app %(what)s"),
    "database-config.created": _("%(who)s added the database %(what)s"),
    "database-config.updated": _("%(who)s changed the database %(what)s"),
    "database-config.deleted": _("%(who)s deleted the database %(what)s"),
    "database-config.validated": _("The database %(what)s was checked"),
    "customers.imported": _("%(who)s imported customers"),
    "customers.exported": _("%(who)s exported customers"),
    "customer.merged": _("%(who)s made one customer of two"),
    "customer.erased": _("%(who)s erased a customer’s personal data"),
    "export.requested": _("%(who)s asked for an export of everything"),
    "export.finished": _("An export of everything was made"),
    "export.downloaded": _("%(who)s downloaded an export of everything"),
    "service.order": _("%(who)s ordered %(what)s"),
    "service.activate": _("%(what)s began"),
    "service.fall_due": _("The payment of %(what)s became overdue"),
    "service.recover": _("%(what)s is paid again"),
    "service.cancel": _("%(who)s ended %(what)s"),
    "service.plan-changed": _("%(who)s changed the plan: %(from)s → %(to)s"),
    "service.change-planned": _("%(who)s decided how %(what)s goes on"),
    "service.change-withdrawn": _("%(who)s took back what was decided about %(what)s"),
    "invoice.issue": _("Invoice %(what)s was issued"),
    "invoice.settle": _("Invoice %(what)s is paid"),
    "invoice.void": _("%(who)s made invoice %(what)s void"),
    "invoice.credited": _("%(who)s credited invoice %(what)s"),
    "invoice.reminded": _("A reminder of invoice %(what)s was sent"),
    "payment.begun": _("%(who)s began payment %(what)s"),
    "payment.confirm": _("Payment %(what)s came in"),
    "payment.fail": _("Payment %(what)s failed"),
    "refund.begun": _("%(who)s began to refund payment %(what)s"),
    "refund.confirm": _("Payment %(what)s was refunded"),
    "refund.fail": _("The refund of payment %(what)s failed"),
    "ticket.opened": _("%(who)s opened ticket %(what)s"),
    "ticket.close": _("%(who)s closed ticket %(what)s"),
    "ticket.reopen": _("%(who)s reopened ticket %(what)s"),
    "ticket.merge": _("Ticket %(what)s was merged into another one"),
    "ticket.assigned": _("Ticket %(what)s got somebody who looks after it"),
    "ticket.routed": _("%(who)s changed who ticket %(what)s is for, or how urgent it is"),
    "ticket.read-by-staff": _("Support (%(who)s) looked into ticket %(what)s"),
    "staff.entered": _("Support (%(who)s) looked into the business"),
}

# By the first word of an action.
FAMILIES: dict[str, tuple[Words, str]] = {
    "session": (_("Signing in"), "log-in"),
    "person": (_("Passwords and two-step sign-in"), "shield-check"),
    "tenant": (_("The business"), "store"),
    "member": (_("People"), "users-round"),
    "client-app": (_("Apps"), "plug"),
    "database-config": (_("Databases"), "database"),
    "customers": (_("Lists of customers"), "file-up"),
    "customer": (_("Single customers"), "user-round"),
    "export": (_("Exports"), "download"),
    "service": (_("Services"), "layers"),
    "invoice": (_("Invoices"), "receipt-text"),
    "payment": (_("Payments"), "wallet"),
    "refund": (_("Refunds"), "undo-2"),
    "ticket": (_("Tickets"), "message-square-text"),
    "staff": (_("Support"), "life-buoy"),
}
# Worth a second look; a badge says so in words too.
GRAVE: dict[str, Words] = {
    "session.failed": _("Failed"),
    "tenant.suspend": _("Suspended"),
    "tenant.provision-failed": _("Failed"),
    "service.fall_due": _("Overdue"),
    "payment.fail": _("Failed"),
    "refund.fail": _("Failed"),
    "staff.entered": _("Support"),
}
NOBODY = _("somebody unknown")
STAFF = _("%(who)s of the support")
NAMES_SUPPORT = frozenset({"staff.entered", "ticket.read-by-staff"})
"""Their sentences say already whose people it were."""
OURSELVES = "Tavola"

# What support does for somebody, who would be said to do it otherwise.
BY_STAFF: dict[str, Words] = {"member.joined": _("%(who)s added %(what)s")}


def sentence(event: Event) -> str:
    """What happened, in the visitor's language. A word that is new to us is shown as it is."""
    facts: defaultdict[str, Any] = defaultdict(str, {k: str(v) for k, v in event.data.items()})
    for side in ("from", "to"):
        if facts[side] in ROLE_NAMES:
            facts[side] = str(ROLE_NAMES[facts[side]])
    facts["who"] = who(event)
    facts["what"] = event.about_name or str(NOBODY)
    sentences = SENTENCES | BY_STAFF if event.by_kind == "staff" else SENTENCES
    return str(sentences.get(event.action, event.action)) % facts


def who(event: Event) -> str:
    if event.by_kind == "system":
        return OURSELVES
    name = event.by_name or str(NOBODY)
    if event.by_kind == "staff" and event.action not in NAMES_SUPPORT:
        return str(STAFF) % {"who": name}
    return name


def icon(event: Event) -> str:
    return FAMILIES.get(event.action.partition(".")[0], ("", "info"))[1]
