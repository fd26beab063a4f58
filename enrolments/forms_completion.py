"""Forms for results that come from a platform's report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrolments.models import Participation
from enrolments.services.completion_import import NAME_LETTERS


class ReportForm(forms.Form):
    """A report of Moodle or Coursera."""

    file = forms.FileField(
        label=_("Report of the platform (CSV or XLSX)"),
        help_text=_("At most 2 MB and 2000 rows. We read the file and do not keep it."),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("The file is empty. Choose it again."),
        },
    )
    first_number = forms.CharField(
        label=_("Number of the first document"),
        help_text=_(
            "We count on from it: M-2026-001, M-2026-002. Not needed where the report names"
            " the documents."
        ),
        required=False,
        max_length=50,
    )
    course = forms.CharField(
        label=_("Course in the file"),
        help_text=_("Only where the file has several courses."),
        required=False,
        max_length=300,
    )


class NamesForm(forms.Form):
    """As whom the platform knows people of a group; a field for each, under their own key."""

    def __init__(self, people: Sequence[Participation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for person in people:
            self.fields[str(person.pk)] = forms.CharField(
                label=person.account.person.full_name,
                initial=person.platform_name,
                required=False,
                max_length=NAME_LETTERS,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
