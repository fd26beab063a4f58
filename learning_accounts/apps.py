"""The person's own things."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningAccountsConfig(AppConfig):
    """Registers messages, and what is erased with a person."""

    name = "learning_accounts"
    label = "learning_accounts"
    verbose_name = _("Learning accounts")

    def ready(self) -> None:
        from learning_accounts import erasure, messages

        messages.register()
        erasure.register()
