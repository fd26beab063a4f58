"""Questionnaires and answers."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Questionnaires and answers."""

    name = "surveys"
    label = "surveys"
