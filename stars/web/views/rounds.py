"""Rounds of money in public: how many asked, in which order they are served, who still waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from funding import line
from funding.models import AllocationRound
from stars.common import formats
from stars.common.dates import RIGA, riga_date
from stars.common.formats import language
from stars.common.visitors import same_for_visitors
from stars.web.meta import meta

LISTED = 40


@login_not_required
@require_safe
@same_for_visitors
def rounds(request: HttpRequest) -> HttpResponse:
    """Every round that has been run (GET /pieskirumi/, public)."""
    context = {
        "rounds": [_named(each) for each in line.published()[:LISTED]],
        "meta": meta(
            reverse("web:rounds"),
            title=_("When money was given"),
            text=_("Each time with its numbers: how many asked, were served and wait."),
        ),
        "nav": "support",
    }
    return render(request, "web/rounds.html", context)


@login_not_required
@require_safe
@same_for_visitors
def round_log(request: HttpRequest, round_code: str) -> HttpResponse:
    """The log of one round (GET /pieskirumi/<code>/, public, no personal data; FUN-14)."""
    this = get_object_or_404(line.published(), code=round_code)
    log, named = line.round_log(this), _named(this)
    context = {
        "log": log,
        "named": named,
        "amount": formats.money(log.amount, language()),
        "cap": "" if this.cap is None else formats.money(this.cap, language()),
        "groups": [_group(group, len(log.groups)) for group in log.groups],
        "runs": [
            {
                "day": formats.day(run["day"], language()),
                "granted": run["granted"],
                "amount": formats.money(run["amount"], language()),
            }
            for run in log.runs
        ],
        "meta": meta(
            reverse("web:round_log", args=[this.code]), title=named["title"], text=named["period"]
        ),
        "nav": "support",
    }
    return render(request, "web/round_log.html", context)


def _named(this: AllocationRound) -> dict[str, Any]:
    last = riga_date(this.ends_at) - timedelta(days=1)
    return {
        "title": _("Money of %(day)s") % {"day": formats.day(this.due_on, language(), year=True)},
        "source": this.policy.scheme.source.term.name,
        "period": _("To be used by %(day)s") % {"day": formats.day(last, language(), year=True)},
        "url": reverse("web:round_log", args=[this.code]),
    }


def _group(group: line.Group, groups: int) -> dict[str, Any]:
    until = group.served_until.astimezone(RIGA) if group.served_until else None
    everybody = _("Everybody") if groups == 1 else _("Everybody else")
    return {
        "name": group.name or everybody,
        "few": group.asked is None,
        "asked": group.asked,
        "served": group.served,
        "waiting": group.waiting,
        "until": f"{formats.day(until.date(), language())} {formats.clock(until, language())}"
        if until
        else "–",
    }
