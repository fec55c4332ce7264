"""What the pages about people say after a write, by the fixed word in the address."""

from django.utils.translation import gettext_lazy as _

from portal.ui.components.feedback import Notice

NOTICES = {
    "person-invited": Notice(_("The invitation is on its way.")),
    "invitation-sent-again": Notice(_("A new mail is on its way. The link in the old one is off.")),
    "invitation-withdrawn": Notice(_("The invitation is withdrawn. Its link opens nothing now.")),
    "invitation-closed": Notice(
        _("This invitation isn’t open any more: it was just accepted or withdrawn."), tone="neutral"
    ),
    "invitation-of-member": Notice(
        _("Whoever has this address belongs to the business by now. You can withdraw this."),
        tone="neutral",
    ),
    "invitation-beyond-plan": Notice(
        _(
            "Your plan doesn’t include more people. A larger plan, or an add-on, makes room: see "
            "Services."
        ),
        tone="warning",
    ),
    "invitation-mailed-often": Notice(
        _("There were several mails in a short time. Please wait an hour before the next."),
        tone="warning",
    ),
    "role-changed": Notice(_("The role is changed. It holds from now on.")),
    "own-role-changed": Notice(_("Your role is changed.")),
    "access-ended": Notice(_("This person has no access any more.")),
    "business-left": Notice(_("You don’t belong to that business any more."), tone="neutral"),
    "business-joined": Notice(_("Welcome! You belong to this business now.")),
    "business-joined-before": Notice(_("You belong to this business already."), tone="neutral"),
}
