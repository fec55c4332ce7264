"""All jobs of billing, where procrastinate looks for them: each module registers its own."""

from backend.billing import tasks_documents, tasks_mail, tasks_runs
from backend.billing.gateways import tasks as tasks_gateways

__all__ = ["tasks_documents", "tasks_gateways", "tasks_mail", "tasks_runs"]
