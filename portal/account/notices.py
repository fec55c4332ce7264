"""What the account says after a write, by the fixed word in the address."""

from django.utils.translation import gettext_lazy as _

from portal.ui.components.feedback import Notice

NOTICES = {
    "welcome": Notice(_("Welcome. Your address is confirmed.")),
    "signed-out": Notice(_("You’re signed out."), tone="neutral"),
    "start-again": Notice(_("That took too long. Please start again."), tone="neutral"),
    "session-ended": Notice(_("Your session has ended. Please sign in again."), tone="neutral"),
    "code-sent": Notice(_("We’ve sent a new code."), tone="neutral"),
    "password-changed": Notice(_("Your password is changed. Other devices are signed out.")),
    "email-changed": Notice(_("Your address is changed. Other devices are signed out.")),
    "profile-saved": Notice(_("Your profile is saved.")),
    "two-factor-on": Notice(_("Two-step sign-in is on.")),
    "two-factor-off": Notice(_("Two-step sign-in is off."), tone="warning"),
    "session-closed": Notice(_("That device is signed out.")),
    "sessions-closed": Notice(_("All other devices are signed out.")),
}
