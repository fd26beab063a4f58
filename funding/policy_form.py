"""The form in which the agency writes new rules of a scheme: typed fields, no code words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funding.criteria import CRITERIA, AnyOf, Criterion, FactAmong, read
from funding.models import PolicyVersion, Scheme
from funding.plain_rules import VOCABULARIES, need
from funding.policy_words import LABELS, VALUES
from funding.rules import terms as t
from stars.common.forms import DayInput
from stars.vocabularies.models import Term

# A criterion is not asked for, has to hold, or is one of those of which one has to hold.
LEFT_OUT, HAS_TO, ONE_OF = "", "all", "any"
USES = (
    (LEFT_OUT, _("Not asked for")),
    (HAS_TO, _("Has to hold")),
    (ONE_OF, _("One of the group: at least one of these has to hold")),
)
PARAMS: Mapping[str, Any] = {
    "years": _("Years"),
    "at_most": _("At most so many trainings"),
    "source": _("Of this project only (its code); empty: of any"),
    "any_of": _("Which ones"),
}


class NotInForm(Exception):
    """The stored criteria are put together in a way that the form cannot show."""


def words() -> dict[tuple[str, str], str]:
    """(vocabulary, code) → name in the language of the page: one query."""
    rows = Term.objects.filter(
        vocabulary__code__in=VOCABULARIES.values(), vocabulary__current=True
    ).select_related("vocabulary")
    return {
        (row.vocabulary.code, row.code): row.name
        for row in rows.order_by("vocabulary__code", "order", "code")
    }


class PolicyForm(forms.Form):
    """Terms and criteria of one scheme; made for its way of supporting."""

    def __init__(self, scheme: Scheme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = scheme
        self.names = words()
        self.fields["valid_from"] = forms.DateField(
            label=_("In force from"),
            help_text=_("Today or later. The version before ends the day before."),
            widget=DayInput(),
        )
        for name in t.used_by(scheme.kind):
            self.fields[f"t_{name}"] = self._of_term(name)
        for name, cls in CRITERIA.items():
            if cls is AnyOf:
                continue
            self.fields[f"c_{name}"] = forms.ChoiceField(
                label=_sentence(cls), choices=USES, required=False
            )
            self.fields |= self._of_params(name, cls)
        self.fields["why"] = forms.CharField(
            label=_("What the new version is for"),
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("Kept with the version for good."),
        )

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The boxes under their headings."""
        own = {name: self[name] for name in self.fields}
        of_terms = [own[name] for name in own if name.startswith("t_")]
        of_criteria = [own[name] for name in own if name[:2] in ("c_", "p_")]
        return [
            (_("When"), [own["valid_from"]]),
            (_("What it gives, and on what terms"), of_terms),
            (_("Who gets it"), of_criteria),
            (_("Why"), [own["why"]]),
        ]

    def answers(self) -> dict[str, Any]:
        """Terms and criteria as the services read them; the form is valid."""
        given = self.cleaned_data
        terms = {
            name: value
            for name in t.used_by(self.scheme.kind)
            if (value := _stored(t.kind_of(name), given[f"t_{name}"])) is not None
        }
        return {
            "valid_from": given["valid_from"],
            "terms": terms,
            "criteria": self._criteria(given),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name, cls in CRITERIA.items():
            if cls is AnyOf or not cleaned.get(f"c_{name}"):
                continue
            for param in _params(cls):
                if param != "source" and cleaned.get(f"p_{name}_{param}") in (None, "", []):
                    self.add_error(f"p_{name}_{param}", _("This has to be said."))
        return cleaned

    def _criteria(self, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        all_of: list[dict[str, Any]] = []
        any_of: list[dict[str, Any]] = []
        for name, cls in CRITERIA.items():
            use = given.get(f"c_{name}") or LEFT_OUT
            if cls is AnyOf or use == LEFT_OUT:
                continue
            entry: dict[str, Any] = {"criterion": name}
            for param in _params(cls):
                value = given[f"p_{name}_{param}"]
                if value not in ("", None):
                    entry[param] = value
            (all_of if use == HAS_TO else any_of).append(entry)
        return [*all_of, *([{"criterion": AnyOf.name, "of": any_of}] if any_of else [])]

    def _of_term(self, name: str) -> forms.Field:
        label, hint = LABELS[name]
        more: dict[str, Any] = {"label": label, "help_text": hint, "required": False}
        kind = t.kind_of(name)
        if kind == t.MONEY:
            return forms.DecimalField(min_value=0, max_digits=12, decimal_places=2, **more)
        if kind == t.SHARE:
            return forms.DecimalField(min_value=0, max_value=100, decimal_places=2, **more)
        if kind == t.COUNT:
            return forms.IntegerField(min_value=0, max_value=32_767, **more)
        if kind == t.FLAG:
            return forms.BooleanField(**more)
        if kind == t.DAY:
            picker = DayInput()
            return forms.DateField(widget=picker, **more)
        if kind == t.STAGES:
            return StagesField(widget=forms.Textarea(attrs={"rows": 3}), **more)
        choices = self._choices(name, kind)
        if kind == t.CHOICE:
            return forms.ChoiceField(choices=choices, **more)
        return forms.MultipleChoiceField(
            choices=choices, widget=forms.CheckboxSelectMultiple, **more
        )

    def _choices(self, name: str, kind: str) -> list[tuple[str, Any]]:
        if kind in (t.CHOICE, t.CHOICES):
            return [(value, VALUES.get(value, "–")) for value in t.values_of(name)]
        entries = {json.dumps({"criterion": each}): CRITERIA[each]() for each in _without_values()}
        if kind == t.NAMES:
            return [(each, need(CRITERIA[each](), self.names)) for each in _without_values()]
        stored = (self.initial or {}).get(f"t_{name}") or []
        entries |= {key: read(json.loads(key)) for key in stored}
        return [(key, need(item, self.names)) for key, item in entries.items()]

    def _of_params(self, name: str, cls: type[Criterion]) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = {}
        for param in _params(cls):
            label = PARAMS[param]
            if param in ("years", "at_most"):
                default = next(f.default for f in fields(cls) if f.name == param)
                box: forms.Field = forms.IntegerField(
                    label=label, min_value=0, max_value=150, required=False, initial=default
                )
            elif param == "any_of":
                box = self._values(cls, label)
            else:
                box = forms.SlugField(label=label, required=False)
            found[f"p_{name}_{param}"] = box
        return found

    def _values(self, cls: Any, label: Any) -> forms.Field:
        vocabulary = VOCABULARIES.get(cls.kind)
        known = [(code, text) for (book, code), text in self.names.items() if book == vocabulary]
        if not known:
            return LinesField(
                label=label,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_("A code on each line."),
            )
        stored = (self.initial or {}).get(f"p_{cls.name}_any_of") or []
        known += [(code, code) for code in stored if code not in dict(known)]
        return forms.MultipleChoiceField(
            label=label, required=False, choices=known, widget=forms.CheckboxSelectMultiple
        )


class LinesField(forms.CharField):
    """A word on each line."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str | None) else "\n".join(value)

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class StagesField(LinesField):
    """Per cent of the hours and of the support on each line: `50: 40`."""

    def clean(self, value: Any) -> Any:
        stages = []
        for line in super().clean(value):
            after, colon, pays = line.partition(":")
            try:
                if not colon:
                    raise InvalidOperation
                shares = [Decimal(part.strip().replace(",", ".")) / 100 for part in (after, pays)]
            except InvalidOperation as error:
                raise forms.ValidationError(
                    _("Write it like this: 50: 40. This line is not: %(line)s"),
                    params={"line": line},
                ) from error
            stages.append({"after": str(shares[0]), "pays": str(shares[1])})
        return stages


def initial(scheme: Scheme, version: PolicyVersion | None) -> dict[str, Any]:
    """What stands in the boxes at first: the version that holds now; raises `NotInForm`."""
    stored = t.Terms.read(version.terms) if version else t.Terms()
    found: dict[str, Any] = {
        f"t_{name}": _boxed(t.kind_of(name), getattr(stored, name))
        for name in t.used_by(scheme.kind)
    }
    for entry in version.criteria if version else []:
        inner = entry["of"] if entry["criterion"] == AnyOf.name else [entry]
        for one in inner:
            name = one["criterion"]
            if name == AnyOf.name or f"c_{name}" in found:
                raise NotInForm
            found[f"c_{name}"] = HAS_TO if inner == [entry] else ONE_OF
            found |= {f"p_{name}_{key}": v for key, v in one.items() if key != "criterion"}
    return found


def _boxed(kind: str, value: Any) -> Any:
    if kind == t.SHARE and value is not None:
        return (value * 100).normalize().quantize(Decimal("0.01"))
    if kind == t.STAGES:
        return [f"{one.after * 100:f}: {one.pays * 100:f}" for one in value]
    if kind == t.CRITERIA:
        return [json.dumps(dict(one)) for one in value]
    return list(value) if isinstance(value, tuple) else value


def _stored(kind: str, value: Any) -> Any:
    """A box's value as the terms are stored; None where nothing is said."""
    if value in (None, ""):
        return None
    if kind == t.SHARE:
        return str(value / 100)
    if kind == t.CRITERIA:
        return [json.loads(one) for one in value]
    return str(value) if isinstance(value, Decimal) else value


def _params(cls: type[Criterion]) -> list[str]:
    """Parameters that have to be said; those of a class with values of its own are fixed."""
    if issubclass(cls, FactAmong) and cls().accepted():
        return []
    return [each.name for each in fields(cls)]


def _without_values() -> Iterable[str]:
    """Criteria that say something by themselves."""
    return [
        name
        for name, cls in CRITERIA.items()
        if cls is not AnyOf and not (issubclass(cls, FactAmong) and not cls().accepted())
    ]


def _sentence(cls: type[Criterion]) -> str:
    """The criterion's need, with dots where its parameters go."""
    params: dict[str, Any] = {each.name: "…" for each in fields(cls)}
    return str(cls.need) % params
