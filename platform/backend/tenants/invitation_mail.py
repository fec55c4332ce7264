"""The mail that carries an invitation's link, in the language of whoever gets it.

How often it may go out is limited here: it is the one mail that people can have sent to strangers.
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.crypto import salted_hmac

from backend.common import rate_limits
from backend.common.mail import send_mail_later, write_mail
from backend.common.tenancy import owner_scope
from backend.tenants.models import Invitation, Role

ROLES: Final[dict[str, dict[str, str]]] = {
    "en": {
        Role.OWNER: "as an owner",
        Role.MANAGER: "as a manager",
        Role.ACCOUNTANT: "as an accountant",
        Role.WAITER: "as a waiter",
    },
    "de": {
        Role.OWNER: "als Inhaber",
        Role.MANAGER: "für die Betriebsleitung",
        Role.ACCOUNTANT: "für die Buchhaltung",
        Role.WAITER: "für den Service",
    },
}


def send_invitation(invitation: Invitation, token: str) -> None:
    """Queue the mail within the transaction. Raises RateLimited."""
    with owner_scope():
        _count(invitation)
        people: Any = get_user_model().objects
        known = people.filter(email=invitation.email).values_list("language", flat=True).first()
    language = known or invitation.tenant.language
    send_mail_later(
        write_mail(
            "tenants/mail",
            "invitation",
            language,
            invitation.email,
            invited_by=invitation.invited_by,
            tenant=invitation.tenant.name,
            role=ROLES[language][invitation.role],
            link=f"{settings.PORTAL_ORIGIN}/invitations/{token}/",
            has_account=known is not None,
        )
    )


def _count(invitation: Invitation) -> None:
    """Inside the transaction, unlike other limits: what is rolled back has sent no mail.

    Nobody waits for it in vain, as invitations of a tenant are made one after the other anyway. To
    withdraw and invite anew counts like sending again.
    """
    address = salted_hmac("backend.tenants.invitation_mail", invitation.email).hexdigest()
    for name, whose in (
        ("invitation-tenant", f"{invitation.tenant_id}"),
        ("invitation-mail", f"{invitation.tenant_id}:{address}"),
        ("invitation-address", address),
    ):
        rate_limits.require(f"{name}:{whose}", settings.RATE_CLASSES[name])
