"""What the pages of databases say after a write, by the fixed word in the address."""

from django.utils.translation import gettext_lazy as _

from portal.ui.components.feedback import Notice

NOTICES = {
    "database-added": Notice(_("The database was added. Check now whether everything works.")),
    "database-saved": Notice(_("Your changes are saved.")),
    "database-deleted": Notice(
        _("The database was deleted here. The database itself is as it was.")
    ),
}
