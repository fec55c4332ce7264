"""What the set-up says after a write, by the fixed word in the address."""

from django.utils.translation import gettext_lazy as _

from portal.ui.components.feedback import Notice

NOTICES = {
    "business-registered": Notice(_("Your business is registered. A few details are left.")),
    "colleague-invited": Notice(_("The invitation is on its way. You can invite more people.")),
    "details-missing": Notice(
        _("Before we can start, please fill in the company’s name and address."), tone="warning"
    ),
}
