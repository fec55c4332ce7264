"""What these pages say after a write, by the fixed word in the address."""

from django.utils.translation import gettext_lazy as _

from portal.ui.components.feedback import Notice

NOTICES: dict[str, Notice] = {
    "nothing-due": Notice(_("There is nothing to pay. Perhaps somebody was faster.")),
    "document-being-made": Notice(
        _("The PDF is being made. In a moment it can be opened here."), tone="neutral"
    ),
    "payment-settled-already": Notice(
        _("This payment is settled already. Nothing was charged twice."), tone="neutral"
    ),
}
