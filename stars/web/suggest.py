"""Suggested training as cards, each with its reason in one sentence (CAT-7, CAT-8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue import selectors as catalogue
from catalogue.models import Programme, ProgrammeAffinity
from enrolments.suggestions import Because, Suggestion, suggest
from stars.web.cards import programme_cards
from stars.web.viewer import Viewer

# On the account page and the home page; the page of its own shows ALL.
FEW, ALL, SIMILAR = 4, 40, 3

REASONS: Mapping[Because, str | Promise] = {
    Because.PATH: gettext_lazy("Because it is a step of your learning path"),
    Because.PROFESSION: gettext_lazy("Because with it you learn a profession or a part of one"),
    Because.COMPLETED: gettext_lazy("Because you completed “%(title)s”"),
    Because.LEARNING: gettext_lazy("Because you are learning “%(title)s”"),
    Because.APPLIED: gettext_lazy("Because you applied for “%(title)s”"),
    Because.SAVED: gettext_lazy("Because you saved “%(title)s”"),
    Because.TOGETHER: gettext_lazy("Others who chose “%(title)s” also chose this"),
    Because.WISH: gettext_lazy("Because you want to learn: %(wish)s"),
    Because.WORKING: gettext_lazy("Because you work, and it is in the evenings or at weekends"),
    Because.NEW_JOB: gettext_lazy("Because it prepares you for new work"),
}


def for_you(who: Viewer, limit: int) -> list[dict[str, Any]]:
    """Cards of what is suggested to the person; empty for visitors and where switched off."""
    if who.account is None:
        return []
    suggestions = suggest(who.account, who.at, limit=limit)
    if not suggestions:
        return []
    about = {each.about for each in suggestions if each.about}
    keys = {each.programme for each in suggestions} | about
    rows = Programme.objects.filter(pk__in=keys).select_related(
        "provider", "current__type", "current__field"
    )
    known = {programme.pk: programme for programme in rows}
    found = catalogue.cards([known[each.programme] for each in suggestions], at=who.at)
    cards = programme_cards(found, who)
    for card, each in zip(cards, suggestions, strict=True):
        card["because"] = reason(each, known, who.account.wish)
    return cards


def reason(each: Suggestion, known: Mapping[UUID, Programme], wish: str) -> str:
    """The sentence under a suggested card."""
    programme = known.get(each.about) if each.about else None
    title = programme.current.title if programme and programme.current else ""
    return str(REASONS[each.because]) % {"title": title, "wish": Truncator(wish).chars(80)}


def similar(programme_id: UUID, who: Viewer) -> list[dict[str, Any]]:
    """Cards of what goes with a programme, the same for everybody: three queries and the prices."""
    rows = list(
        ProgrammeAffinity.objects.filter(
            programme=programme_id, other__in=catalogue.listed().values("pk")
        )
        .select_related("other__provider", "other__current__type", "other__current__field")
        .order_by("rank")[:SIMILAR]
    )
    if not rows:
        return []
    cards = programme_cards(catalogue.cards([row.other for row in rows], at=who.at), who)
    for card, row in zip(cards, rows, strict=True):
        if row.together:
            card["because"] = _("Others who chose this training also chose it")
    return cards
