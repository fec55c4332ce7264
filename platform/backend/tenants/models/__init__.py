from backend.tenants.models.invitation import Invitation
from backend.tenants.models.member import Member, Role
from backend.tenants.models.provisioning import (
    IsolationProbe,
    Outcome,
    ProvisioningRun,
    ProvisioningStep,
    Step,
    StepStatus,
    stuck_tenants,
)
from backend.tenants.models.tax_rate import TaxRate
from backend.tenants.models.tenant import State, Tenant, TenantTransition

__all__ = [
    "Invitation",
    "IsolationProbe",
    "Member",
    "Outcome",
    "ProvisioningRun",
    "ProvisioningStep",
    "Role",
    "State",
    "Step",
    "StepStatus",
    "TaxRate",
    "Tenant",
    "TenantTransition",
    "stuck_tenants",
]
