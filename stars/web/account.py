"""The account page in three questions: how much and until when, what next, what is learned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from enrolments.models import Certificate
from enrolments.selectors import certificates_of
from funding.enums import CommitmentState
from funding.line import Place
from funding.selectors import MoneyView, Waiting
from funding.selectors_account import LotStory
from funding.selectors_movements import Movement
from funding.services.reminders import DAYS
from learning_accounts.enums import StepState
from learning_accounts.models import LearningPath, LearningRecord
from stars.common import formats
from stars.common.dates import riga_date
from stars.common.formats import language
from stars.web.account_lots import if_nothing

# Of the history on the account page; the rest has its own page.
MOVEMENTS_SHOWN = 8


def money_card(money: MoneyView, today: date) -> dict[str, Any]:
    """How much and until when (components/money_card.html)."""
    card: dict[str, Any] = {
        "free": money.free,
        "held": money.held,
        "spent": money.spent,
        "held_for": [
            (
                _("For “%(title)s”. We pay when you complete it.")
                if c.offer_id
                else _("For “%(title)s”. We pay it back to you when it is approved.")
            )
            % {"title": c.title}
            for c in money.commitments
            if c.state == CommitmentState.HELD and c.support
        ],
    }
    lot = money.next_lot
    if lot is None:
        card["none_text"] = _("There is no money to use now.")
        return card
    whole = (lot.last_day - lot.starts_on).days
    others = [other for other in money.lots if other.free and other is not lot]
    return card | {
        "soon": lot.free if others else None,
        "first": lot.starts_on,
        "last": lot.last_day,
        "days_left": lot.days_left,
        "passed": 100 * (today - lot.starts_on).days // whole if whole else 100,
        "later": [{"amount": other.free, "last": other.last_day} for other in others],
        "choices_url": "#money",
    }


def notices(waiting: Waiting | None, today: date) -> list[dict[str, Any]]:
    """Why there is no money yet and when there may be."""
    if waiting is None:
        return []
    on = waiting.on or today
    near = formats.day_near(on, language(), "locative", today=today)
    after = formats.day_near(on, language(), "genitive", today=today)
    texts = {
        "under_age": (
            _("Money for learning is given from the age of %(years)s") % {"years": waiting.years},
            _(
                "You can look at learning and make plans already. From %(day)s you can receive"
                " money; if you have asked for it, it comes by itself."
            )
            % {"day": after},
        ),
        "profile": (
            _("Fill in your profile to receive money"),
            _("Two answers are missing: your education and what you do now."),
        ),
        "refused": (_("You do not receive the money of this period"), f"{waiting.text}."),
        "no_second": (_("You do not receive the money of this period"), f"{waiting.text}."),
        "not_asked": (
            _("You have not asked for money yet"),
            _("One button is enough, and the money comes in each period. It is below."),
        ),
        "soon": (
            _("Your money is on its way"),
            _("We look through the requests every night. Look again tomorrow."),
        ),
        "next_round": (
            _("The next money comes on %(day)s") % {"day": near},
            _("You have asked for it; there is nothing else to do."),
        ),
        "no_round": (
            _("No new period is planned yet"),
            _("You have asked for money. When a new period begins, you will receive it."),
        ),
    }
    title, text = texts[waiting.reason]
    notice: dict[str, Any] = {"tone": "info", "title": title, "text": text}
    if waiting.reason == "not_asked":
        notice |= {"link_url": "#asking", "link_text": _("Ask for money")}
    elif waiting.reason == "profile":
        notice |= {"link_url": reverse("web:profile"), "link_text": _("Fill in your profile")}
    elif waiting.refused:
        notice |= appeal(waiting.refused)
    return [notice]


def appeal(reference: str) -> dict[str, str]:
    """The link of a notice to a person of the agency."""
    return {
        "link_url": f"{reverse('funding:appeal')}?par={reference}",
        "link_text": _("I do not agree: let a person look at it"),
    }


def money_ends(stories: Sequence[LotStory]) -> list[dict[str, Any]]:
    """The ends of terms as things that happen (components/timeline_item.html)."""
    items = []
    near = next((story for story in stories if story.ends_soon), None)
    for story in stories:
        if not story.free:
            continue
        item = {"date": story.last_day, "by": story.last_day, "title": _("The term ends")}
        before = _("We will remind you %(days)s days before.") % {"days": reminded()}
        follows = if_nothing(story)
        if story.kept_by_itself:
            item["title"], before = _("Your time to use the money is extended"), ""
        elif story is near:  # the notice above says what follows
            follows = _("The last day to use %(amount)s.") % {
                "amount": formats.money(story.free, language())
            }
        item["text"] = f"{follows} {before}".strip()
        if story.keep.possible and not story.kept_by_itself:
            item["url"] = reverse("web:accumulate", args=[story.grant.pk])
            item["link"] = _("Keep it for one more period")
        items.append(item)
    return items


def reminded() -> str:
    """ "60, 30, 7 and 1": how many days before the end we write."""
    *more, last = (str(days) for days in DAYS)
    return _("%(first)s and %(last)s") % {"first": ", ".join(more), "last": last}


def in_line(place: Place | None) -> list[dict[str, Any]]:
    """Where somebody stands who waits for the money of a capped round (rule 10, FUN-14)."""
    if place is None:
        return []
    words = {
        "number": formats.number(place.number, language()),
        "waiting": formats.number(place.waiting, language()),
        "name": place.round.policy.scheme.name,
    }
    return [
        {
            "tone": "wait",
            "title": _("You are number %(number)s of %(waiting)s in line: %(name)s") % words,
            "text": _(
                "This money is given in order, and there is less of it than people who ask. When"
                " some of it comes back, the next in line receives it; you need not do anything."
            ),
            "link_url": reverse("web:round_log", args=[place.round.code]),
            "link_text": _("See the order and who has been served"),
        }
    ]


def in_order(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Soonest first; only the first urgent one stays urgent and stands at the top."""
    ordered = sorted(items, key=lambda item: (not item.get("urgent"), item["by"]))
    for item in ordered[1:]:
        item["urgent"] = False
    return ordered


def movement_rows(movements: Sequence[Movement]) -> list[dict[str, Any]]:
    """The history, newest first, each with what could be used afterwards."""
    rows, after = [], None
    for movement in reversed(movements):
        if movement.amount or after is None:
            after = movement.balance
        rows.append(
            {
                "day": riga_date(movement.at),
                "text": movement.sentence,
                "amount": movement.amount,
                "after": after,
            }
        )
    return rows[::-1]


def records(account_id: UUID) -> list[dict[str, Any]]:
    """What the person has learned, newest first, with certificates: two queries."""
    rows = list(LearningRecord.objects.filter(account=account_id).order_by("-completed_on", "pk"))
    valid = certificates_of(row.participation_id for row in rows if row.participation_id)
    return [
        _record(row, valid.get(row.participation_id) if row.participation_id else None)
        for row in rows
    ]


def _record(record: LearningRecord, certificate: Certificate | None) -> dict[str, Any]:
    parts = [record.provider_name]
    if record.hours:
        parts.append(formats.hours(record.hours, language()))
    day = formats.day(record.completed_on, language(), "locative", year=True)
    parts.append(_("completed on %(day)s") % {"day": day})
    text = ", ".join(parts)
    if record.document_number:
        text += ". " + _("Document No. %(number)s") % {"number": record.document_number}
    return {
        "title": record.title_en if language() == "en" else record.title_lv,
        "text": text,
        "tag": {"text": record.get_source_display(), "tone": "done"}
        if record.source == "stars"
        else None,
        "url": reverse("enrolments:certificate_paper", args=[certificate.pk])
        if certificate
        else "",
        "link": _("Certificate"),
    }


_DOTS = {StepState.DONE: "done", StepState.LEARNING: "current", StepState.PLANNED: "ahead"}


def path(account_id: UUID) -> dict[str, Any] | None:
    """The newest learning path (components/path.html); None without one: two queries."""
    paths = LearningPath.objects.filter(account=account_id).prefetch_related("steps")
    newest = paths.order_by("-begun_at", "pk").first()
    if newest is None:
        return None
    steps = list(newest.steps.all())
    now = next((step.title for step in steps if step.state == StepState.LEARNING), "")
    return {
        "goal": newest.goal,
        "now": now,
        "steps": [_DOTS[StepState(step.state)] for step in steps],
        "done": sum(step.state == StepState.DONE for step in steps),
        "all": len(steps),
    }
