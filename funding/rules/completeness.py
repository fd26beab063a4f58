"""What a policy has to say before it may hold: nothing missing, no contradiction (FUN-3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funding.rules.terms import Terms, WrongTerms, used_by

_NEEDED = {
    "allocation": ("amount", "term_months", "period_months"),
    "full_cover": ("share",),
    "cofunded": ("share",),
    "reimbursement": ("share", "refund_kind"),
    "stipend": ("amount",),
}
Problem = tuple[str, str | Promise]


def check(kind: str, data: Mapping[str, Any]) -> Terms:
    """The terms of a policy for a way of supporting (SchemeKind), read and complete.

    Raises `WrongTerms` with the parameter's name: one that nobody knows, that means nothing for
    this way of supporting, that is missing, or that contradicts another one.
    """
    terms = Terms.read(data)
    meant = used_by(kind)
    for name in data:
        if name not in meant and data[name] != _default(name):
            raise WrongTerms(_("%(name)s means nothing here.") % {"name": name}, field=name)
    for name, why in problems(kind, terms):
        raise WrongTerms(why, field=name)
    return terms


def problems(kind: str, terms: Terms) -> Iterator[Problem]:
    """What is missing in the terms or contradicts, with the parameter it belongs to."""
    for name in _NEEDED[kind]:
        if not getattr(terms, name) and getattr(terms, name) != 0:
            yield name, _("This has to be said.")
        elif getattr(terms, name) == 0:
            yield name, _("Nothing would be given: write more than zero.")
    if kind == "allocation":
        yield from _allocation(terms)
    if kind == "full_cover" and terms.share is not None and terms.share < 1:
        yield "share", _("Full cover is 100 %.")
    if kind == "cofunded":
        exempt = terms.share_for_exempt
        if exempt is not None and terms.share is not None and exempt < terms.share:
            yield "share_for_exempt", _("Those who are exempt cannot get less than the others.")
        if terms.exempt and exempt is None:
            yield "share_for_exempt", _("Say which share they get.")


def _allocation(terms: Terms) -> Iterator[Problem]:
    if terms.max_grants < 1:
        yield "max_grants", _("Nothing would be given: write more than zero.")
    if terms.ceiling is not None and terms.amount is not None and terms.ceiling < terms.amount:
        yield "ceiling", _("The ceiling is below one grant.")
    if terms.accumulate_times > 1:
        yield "accumulate_times", _("A grant can be kept once.")
    if bool(terms.accumulate_times) != bool(terms.accumulate_months):
        yield "accumulate_months", _("Say how often and for how many months, or neither.")
    if terms.at_end == "accumulate" and not terms.accumulate_times:
        yield "at_end", _("What cannot be kept cannot be kept by itself either.")
    if bool(terms.priority) != (terms.order == "priority"):
        yield "priority", _("Name the groups that come first, or serve by time of asking.")


def _default(name: str) -> Any:
    (default,) = (each.default for each in fields(Terms) if each.name == name)
    return list(default) if isinstance(default, tuple) else default
