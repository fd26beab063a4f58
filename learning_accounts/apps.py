"""The person's own things."""

from django.apps import AppConfig


class LearningAccountsConfig(AppConfig):
    """Registers the message that an account was opened."""

    name = "learning_accounts"
    label = "learning_accounts"

    def ready(self) -> None:
        from learning_accounts import messages

        messages.register()
