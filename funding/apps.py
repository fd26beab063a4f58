"""Money: policies, ledger, grants, commitments."""

from django.apps import AppConfig


class FundingConfig(AppConfig):
    """Registers the messages about money."""

    name = "funding"
    label = "funding"

    def ready(self) -> None:
        from funding import messages

        messages.register()
