"""What the customer pages say after a write, by the fixed word in the address."""

from django.utils.translation import gettext_lazy as _

from portal.ui.components.feedback import Notice

NOTICES = {
    "customer-created": Notice(_("The customer was added.")),
    "customer-saved": Notice(_("Your changes are saved.")),
    "customer-deleted": Notice(_("The customer was deleted.")),
    "customers-merged": Notice(_("The two customers are one now.")),
    "customer-was-merged": Notice(
        _("The customer you were looking for was merged into this one."), tone="neutral"
    ),
    "customer-erased": Notice(_("The person’s details are removed for good.")),
    "note-added": Notice(_("The note was added.")),
    "note-deleted": Notice(_("The note was deleted.")),
    "customers-imported": Notice(_("The list was read. Here is what came of each row.")),
}
