"""What these pages say after a write, by the fixed word in the address."""

from django.utils.translation import gettext_lazy as _

from portal.ui.components.feedback import Notice

NOTICES: dict[str, Notice] = {
    "ticket-opened": Notice(_("Your message is with us. The answer comes here, and by email.")),
    "message-sent": Notice(_("Your message was sent.")),
    "ticket-closed": Notice(_("The ticket is closed. Thank you.")),
    "ticket-closed-already": Notice(_("The ticket was closed already."), tone="neutral"),
    "ticket-reopened": Notice(_("The ticket is open again, and your message was sent.")),
    "attachment-checking": Notice(
        _("The file is still being checked. Please try again in a moment."), tone="neutral"
    ),
    "attachment-refused": Notice(
        _("This file can’t be downloaded: it isn’t what it says it is."), tone="warning"
    ),
}
