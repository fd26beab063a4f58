"""Money: policies, ledger, grants, commitments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundingConfig(AppConfig):
    """Registers the messages about money."""

    name = "funding"
    label = "funding"
    verbose_name = _("Money")

    def ready(self) -> None:
        from funding import messages

        messages.register()
