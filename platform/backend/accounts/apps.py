from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "backend.accounts"
    label = "accounts"
    verbose_name = "accounts"

    def ready(self) -> None:
        from backend.accounts.places import database

        # A file that can't be read is said when the process starts, not on somebody's page.
        database()
