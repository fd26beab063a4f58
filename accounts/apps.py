"""Who: sign-in, persons, organisations, roles, facts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who: sign-in, persons, organisations, roles, facts."""

    name = "accounts"
    label = "accounts"

    def ready(self) -> None:
        from accounts.signin import signals

        signals.connect()
