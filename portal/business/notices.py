"""What the business's own pages say after a write, by the fixed word in the address."""

from django.utils.translation import gettext_lazy as _

from portal.ui.components.feedback import Notice

NOTICES = {
    "business-saved": Notice(_("The details of the business are saved.")),
    "state-forbids": Notice(
        _("That isn’t possible now. Here is why, and what still is."), tone="warning"
    ),
}
