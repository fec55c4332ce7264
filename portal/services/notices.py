"""What these pages say after a write, by the fixed word in the address."""

from django.utils.translation import gettext_lazy as _

from portal.ui.components.feedback import Notice

NOTICES: dict[str, Notice] = {
    "service-ordered": Notice(_("Thank you. It begins as soon as the invoice is paid.")),
    "service-begun": Notice(_("Thank you. It is yours from now on.")),
    "plan-changed": Notice(_("The plan was changed. The new limits hold from now on.")),
    "plan-changed-to-pay": Notice(
        _("The plan was changed, and the new limits hold. What is left is the difference.")
    ),
    "plan-change-planned": Notice(_("It is noted. Until that day everything stays as it is.")),
    "plan-change-withdrawn": Notice(_("You keep your plan. Nothing changes.")),
    "service-ended": Notice(_("It was ended.")),
    "service-end-planned": Notice(
        _("It ends after this period. Until then you can change your mind.")
    ),
    "service-end-withdrawn": Notice(_("You keep it. It goes on as before.")),
    "service-moved-on": Notice(
        _("Something changed here in the meantime. This is how it is now."), tone="warning"
    ),
}
