"""What is put on record: the closed list of words, and what each means.

The portal has its own sentences for them, in the visitor's language.
"""

from __future__ import annotations

from typing import Final

ACTIONS: Final[dict[str, str]] = {
    "session.started": "Signed in",
    "session.failed": "Failed to sign in",
    "session.ended": "Signed out, or ended a session",
    "person.password-changed": "Changed the password",
    "person.password-reset": "Reset the password",
    "person.second-factor-added": "Set up two-step sign-in",
    "person.second-factor-removed": "Removed two-step sign-in",
    "person.recovery-codes-made": "Made new recovery codes",
    "person.email-changed": "Changed the email address",
    "tenant.registered": "Registered the business",
    "tenant.updated": "Changed the business's details",
    "tenant.provision": "Started the set-up",
    "tenant.provision-failed": "The set-up failed",
    "tenant.activate": "Opened the business",
    "tenant.suspend": "Suspended the business",
    "tenant.reactivate": "Reactivated the business",
    "tenant.archive": "Archived the business",
    "member.invited": "Invited a person",
    "member.invitation-sent-again": "Sent an invitation again",
    "member.invitation-withdrawn": "Withdrew an invitation",
    "member.joined": "Joined the business",
    "member.role-changed": "Changed a person's role",
    "member.revoked": "Ended a person's access",
    "member.left": "Left the business",
    "client-app.created": "Created a client app",
    "client-app.updated": "Changed a client app",
    "client-app.key-issued": "Issued a new key for a client app",
    "client-app.key-revoked": "Revoked a client app's key",
    "client-app.revoked": "Revoked a client app",
    "database-config.created": "Added a database configuration",
    "database-config.updated": "Changed a database configuration",
    "database-config.deleted": "Deleted a database configuration",
    "database-config.validated": "Validated a database configuration",
    "customers.imported": "Imported customers",
    "customers.exported": "Exported customers",
    "customer.merged": "Merged two customers",
    "customer.erased": "Erased a customer",
    "export.requested": "Asked for an export of everything",
    "export.finished": "An export of everything was made",
    "export.downloaded": "Downloaded an export of everything",
    "staff.entered": "Support looked into the business",
}
