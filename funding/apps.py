"""Money: policies, ledger, grants, commitments."""

from django.apps import AppConfig


class FundingConfig(AppConfig):
    """Money: policies, ledger, grants, commitments."""

    name = "funding"
    label = "funding"
