"""The person's own things."""

from django.apps import AppConfig


class LearningAccountsConfig(AppConfig):
    """The person's own things."""

    name = "learning_accounts"
    label = "learning_accounts"
