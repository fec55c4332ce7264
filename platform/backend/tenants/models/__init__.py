from backend.tenants.models.invitation import Invitation
from backend.tenants.models.member import Member, Role
from backend.tenants.models.tenant import State, Tenant, TenantTransition

__all__ = ["Invitation", "Member", "Role", "State", "Tenant", "TenantTransition"]
