"""What can stand in the way of a change to a tenant or its members."""

from __future__ import annotations

from backend.common.problems import Problem


class LastOwner(Problem):
    status_code = 409
    code = "last-owner"
    title = "A business needs at least one owner"


class MembershipRevoked(Problem):
    status_code = 409
    code = "membership-revoked"
    title = "This membership has been revoked"


class RoleBeyondYours(Problem):
    """Owners handle everybody, managers only accountants and waiters."""

    status_code = 403
    code = "role-beyond-yours"
    title = "This role is beyond yours"


class MemberNotFound(Problem):
    status_code = 404
    code = "member-not-found"
    title = "No such member"


class MemberAlready(Problem):
    """Carries the tenant's `slug` where it is the person's own membership."""

    status_code = 409
    code = "member-already"
    title = "This person is a member already"


class InvitedAlready(Problem):
    status_code = 409
    code = "invited-already"
    title = "This address is invited already"


class TooManyInvitations(Problem):
    status_code = 409
    code = "too-many-invitations"
    title = "Too many invitations are open"


class InvitationNotFound(Problem):
    """Unknown, withdrawn or accepted: which of them is not for whoever holds a link to know."""

    status_code = 404
    code = "invitation-not-found"
    title = "No such invitation"


class InvitationOver(Problem):
    """It can be sent again, with a new link."""

    status_code = 410
    code = "invitation-over"
    title = "This invitation is too old"


class InvitationForAnother(Problem):
    status_code = 403
    code = "invitation-for-another"
    title = "This invitation is for another address"


class TooManyDrafts(Problem):
    """Carries the `limit`."""

    status_code = 409
    code = "too-many-drafts"
    title = "Too many businesses wait to be set up already"


class FixedAfterSetUp(Problem):
    """Carries the names of the `fields`."""

    status_code = 409
    code = "fixed-after-set-up"
    title = "Country and currency can't change once the business is set up"


class DetailsMissing(Problem):
    """Carries the names of what is `missing`."""

    status_code = 409
    code = "details-missing"
    title = "Some details of the business are missing"


class ProvisioningRunning(Problem):
    status_code = 409
    code = "provisioning-running"
    title = "The business is being set up already"
