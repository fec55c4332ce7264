"""Staff's side of the tickets: the queue, a ticket's page, and what the support sets up."""

from backend.tickets.admin import (  # noqa: F401 - each registers its page
    mails,
    queue,
    setup,
)
