"""Staff's view of the tenants, their members and their invitations."""

from backend.tenants import (  # noqa: F401 - each registers its page
    admin_invitations,
    admin_members,
    admin_tenants,
)
