"""Who: sign-in, persons, organisations, roles, facts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who: sign-in, persons, organisations, roles, facts."""

    name = "accounts"
    label = "accounts"
    verbose_name = _("People and organisations")

    def ready(self) -> None:
        from accounts import messages
        from accounts.services import erasure
        from accounts.signin import signals

        signals.connect()
        erasure.register()
        messages.register()
