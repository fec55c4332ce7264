"""All jobs of tickets, where procrastinate looks for them: each module registers its own."""

from backend.tickets.tasks import attachments, mail, silence

__all__ = ["attachments", "mail", "silence"]
