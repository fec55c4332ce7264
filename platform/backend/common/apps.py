from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "backend.common"
    label = "common"
    verbose_name = "Shared parts"

    def ready(self) -> None:
        from backend.common import checks  # noqa: F401 - registers them
