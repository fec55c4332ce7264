"""All jobs of billing, where procrastinate looks for them: each module registers its own."""

from backend.billing import tasks_documents, tasks_mail, tasks_payments, tasks_runs

__all__ = ["tasks_documents", "tasks_mail", "tasks_payments", "tasks_runs"]
