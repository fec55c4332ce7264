"""What the pages of apps say after a write, by the fixed word in the address."""

from django.utils.translation import gettext_lazy as _

from portal.ui.components.feedback import Notice

NOTICES = {
    "app-saved": Notice(_("Your changes are saved.")),
    "app-revoked": Notice(_("The app is revoked. Its keys no longer work.")),
    "app-revoked-meanwhile": Notice(_("This app is revoked already."), tone="neutral"),
    "app-key-over": Notice(_("This key no longer works anyway."), tone="neutral"),
    "app-key-revoked": Notice(_("The key is revoked. It no longer works.")),
}
