"""Forms about people. Who may do what to whom is the platform's to decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.common.forms import RelayForm
from portal.members import roles
from portal.ui.widgets import DescribedRadios

LAST_OWNER = _("A business needs an owner. Please make somebody else an owner first.")


class OffersRoles(RelayForm):
    """Takes any role; what is offered comes with the page."""

    role = forms.ChoiceField(
        label=_("Role"), choices=list(roles.SENTENCES.items()), widget=DescribedRadios
    )

    def offer(self, names: Iterable[str]) -> None:
        field: Any = self.fields["role"]
        field.choices = roles.choices(names)


class InviteForm(OffersRoles):
    field_order = ("email", "role")

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        help_text=_("The invitation is good for this address only."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )

    error_texts = {
        "member-already": _("Whoever has this address belongs to the business already."),
        "invited-already": _(
            "This address is invited already. You can send that invitation once more."
        ),
        "too-many-invitations": _(
            "50 invitations are open. Please withdraw some before you send another."
        ),
    }


class RoleForm(OffersRoles):
    error_texts = {
        "last-owner": LAST_OWNER,
        "membership-revoked": _("This person’s access has been ended meanwhile."),
    }


class RevokeForm(RelayForm):
    error_texts = {
        "last-owner": LAST_OWNER,
        "membership-revoked": _("This person’s access has been ended already."),
    }


class LeaveForm(RelayForm):
    error_texts = {"last-owner": LAST_OWNER}
