"""What the export page says after a write, by the fixed word in the address."""

from django.utils.translation import gettext_lazy as _

from portal.ui.components.feedback import Notice

NOTICES = {
    "export-gone": Notice(
        _("This export isn’t kept any more. You can make a new one."), tone="warning"
    ),
}
