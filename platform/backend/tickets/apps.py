from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "backend.tickets"
    label = "tickets"
    verbose_name = "Tickets"

    def ready(self) -> None:
        from backend.tickets import checks  # noqa: F401 - registers them
