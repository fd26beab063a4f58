"""Mending a draft in the admin: every field in plain boxes, lists with one line for each thing."""

from __future__ import annotations

from datetime import datetime
from itertools import zip_longest
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.enums import LANGUAGES, UNSENT, Mode
from catalogue.fields import EDITABLE, LISTS, VOCABULARIES, label_of
from catalogue.models import ProgrammeVersion
from catalogue.services import drafts
from stars.common.admin import Action
from stars.common.dates import now
from stars.common.errors import Invalid
from stars.vocabularies.models import ProgrammeType, Term

BOTH = ("lv", "en")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _types() -> list[tuple[str, str]]:
    return [(str(each.pk), each.plain) for each in ProgrammeType.objects.order_by("order")]


def _terms(code: str) -> Any:
    def choices() -> list[tuple[str, str]]:
        terms = Term.objects.filter(vocabulary__code=code, vocabulary__current=True)
        return [
            ("", "–"),
            *((str(term.pk), term.plain) for term in terms.order_by("order", "code")),
        ]

    return choices


def _label(name: str) -> Any:
    return capfirst(label_of(name))


def _fields_of(name: str) -> dict[str, forms.Field]:
    """The boxes in which a field of the version is written."""
    if name in LISTS:
        words = {
            "lv": pgettext_lazy("list", "{field}, in Latvian"),
            "en": pgettext_lazy("list", "{field}, in English"),
        }
        return {
            f"{name}_{language}": forms.CharField(
                label=format_lazy(words[language], field=_label(name)),
                required=False,
                widget=forms.Textarea(attrs={"rows": 6}),
                help_text=_("One thing on each line, in the same order in both languages."),
            )
            for language in BOTH
        }
    column: Any = ProgrammeVersion._meta.get_field(name)
    more: dict[str, Any] = {"label": _label(name), "required": False}
    match name:
        case "type":
            return {name: forms.ChoiceField(choices=_types, **more)}
        case "mode":
            return {name: forms.ChoiceField(choices=Mode, **more)}
        case "language":
            return {name: forms.ChoiceField(choices=list(LANGUAGES.items()), **more)}
        case _ if name in VOCABULARIES:
            return {name: forms.ChoiceField(choices=_terms(VOCABULARIES[name]), **more)}
    if isinstance(column, models.TextField):
        more["widget"] = forms.Textarea(attrs={"rows": 4})
        return {name: forms.CharField(max_length=drafts.LONGEST, **more)}
    if isinstance(column, models.CharField):
        return {name: forms.CharField(max_length=column.max_length, **more)}
    if isinstance(column, models.DecimalField):
        return {
            name: forms.DecimalField(min_value=0, max_digits=4, decimal_places=1, **more),
        }
    return {name: forms.IntegerField(min_value=0, max_value=32_767, **more)}


class _Texts(forms.Form):
    """Lines of both languages belong together."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in LISTS:
            lv, en = (_lines(cleaned.get(f"{name}_{language}") or "") for language in BOTH)
            if len(lv) != len(en):
                self.add_error(
                    f"{name}_en",
                    _("There are %(lv)s lines in Latvian and %(en)s in English.")
                    % {"lv": len(lv), "en": len(en)},
                )
            cleaned[name] = [
                {"lv": one, "en": other} for one, other in zip_longest(lv, en, fillvalue="")
            ]
        return cleaned

    def clean_seen(self) -> datetime | None:
        """When the version was last changed before this page was opened."""
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None


def _boxes() -> dict[str, forms.Field]:
    made: dict[str, forms.Field] = {}
    for name in EDITABLE:
        made |= _fields_of(name)
    return made


class TextsForm(_Texts):
    """All that a provider may write; the boxes are made when the page is, for their words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= _boxes()


def boxes_of(version: ProgrammeVersion) -> dict[str, Any]:
    """What stands in the boxes at first."""
    values: dict[str, Any] = {"seen": version.updated_at.isoformat()}
    for name in EDITABLE:
        if name in LISTS:
            for language in BOTH:
                items = getattr(version, name)
                values[f"{name}_{language}"] = "\n".join(item[language] for item in items)
        elif name == "type" or name in VOCABULARIES:
            values[name] = getattr(version, f"{name}_id")
        else:
            values[name] = getattr(version, name)
    return values


def _mend(request: HttpRequest, version: ProgrammeVersion, answers: dict[str, Any]) -> Any:
    try:
        drafts.edit_draft(
            version_id=version.pk,
            values={name: answers[name] for name in EDITABLE},
            expected=answers["seen"],
            actor=request.user,
            at=now(),
        )
    except Invalid as error:
        if error.field in LISTS:
            raise Invalid(error.message, code=error.code, field=f"{error.field}_lv") from error
        raise
    return _("The draft is mended. Its provider sends it.")


MEND = Action(
    code="mend",
    label=_("Mend the texts"),
    explains=_("For slips in a draft. The provider reads the change and sends the version."),
    permission="catalogue.mend_version",
    run=_mend,
    form=TextsForm,
    when=lambda version: version.state in UNSENT,
    initial=boxes_of,
)
