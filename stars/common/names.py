"""Names of models, fields and columns in the reader's language.

Django names a field after its attribute ("granted at") and a model after its class. Those words
are good English and change with the code; here they become translatable, each under the context
"model", "field", "help" or "column" (a field called "state" is not the State that pays).
Migrations do not see it: they compare what the models' source says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

MODEL = "model"
FIELD = "field"
HELP = "help"
COLUMN = "column"


def _ours() -> Iterator[type[models.Model]]:
    for app in apps.get_app_configs():
        path = Path(app.path)
        if path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts:
            yield from app.get_models()


def make_translatable() -> None:
    """Called once, when all models are loaded."""
    for model in _ours():
        meta = model._meta
        # Django's own plural is lazy although nothing in it can be translated.
        plural = str(meta.verbose_name_plural)
        meta.verbose_name = _lazily(MODEL, meta.verbose_name)
        meta.verbose_name_plural = _lazily(MODEL, plural)
        for field in meta.local_fields:
            field.verbose_name = _lazily(FIELD, field.verbose_name)
            if field.help_text:
                field.help_text = _lazily(HELP, field.help_text)


def _lazily(context: str, text: Any) -> Any:
    return text if isinstance(text, Promise) else pgettext_lazy(context, text or "")


def columns(*names: str) -> list[str | Promise]:
    """Heads of a section's table; the English words are the keys of their translation."""
    return [pgettext_lazy(COLUMN, name) for name in names]


def texts() -> set[tuple[str, str]]:
    """(context, English text) of every name, for the test of the catalogue."""
    found = set()
    with translation.override(None):
        for model in _ours():
            meta = model._meta
            found |= {(MODEL, str(meta.verbose_name)), (MODEL, str(meta.verbose_name_plural))}
            for field in meta.local_fields:
                found.add((FIELD, str(field.verbose_name)))
                if field.help_text:
                    found.add((HELP, str(field.help_text)))
    return found
