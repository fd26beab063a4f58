"""A field that takes several files at once (PRO-7)."""

from __future__ import annotations

from typing import Any

from django import forms

MOST_AT_ONCE = 20


class FilesInput(forms.FileInput):
    """One control, any number of files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All of them, where Django would take the last."""
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class FilesField(forms.FileField):
    """Several files; what each may be is said by `stars.files.rules`. Cleans to a list."""

    widget = FilesInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Something was chosen."""
        return bool(data)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Every file by itself; an empty list where none was chosen and none is needed."""
        found = [each for each in data or [] if each] if isinstance(data, list | tuple) else [data]
        cleaned = [super(FilesField, self).clean(each, initial) for each in found or [None]]
        return [each for each in cleaned if each][:MOST_AT_ONCE]
