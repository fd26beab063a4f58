"""Each grant in words: its euros, what can be done with it and what happens if nothing is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding.enums import GrantState
from funding.selectors_account import LotStory
from stars.common import formats
from stars.common.dates import riga_date
from stars.common.formats import language

# From here on the notice is in the colour of what waits.
URGENT_DAYS = 30

WHY_NOT_KEEP: dict[str, str | Promise] = {
    "kept_already": gettext_lazy("It is kept for one more period already; that can be done once."),
    "replacement": gettext_lazy("It was given again with a new term and cannot be kept longer."),
    "policy": gettext_lazy("The rules of this money do not let it be kept for another period."),
    "empty": gettext_lazy("There is nothing left to keep."),
    "whole_only": gettext_lazy("A part of it is used; only the whole sum could be kept."),
    "source_ends": gettext_lazy("The project itself ends then, so it cannot be kept longer."),
}


def eur(amount: Decimal) -> str:
    """An amount as the page writes it."""
    return formats.money(amount, language())


def on(day: date) -> str:
    """ "2026. gada 9. jūnijā", "9 June 2026"."""
    return formats.day(day, language(), "locative", year=True)


def until(day: date, today: date) -> str:
    """ "līdz 8. jūnijam", "until 8 June"."""
    return formats.until(day, language(), today=today)


def if_nothing(story: LotStory) -> str:
    """What happens if nothing is done."""
    words = {"day": on(story.leaves_on), "amount": eur(story.free)}
    if story.kept_by_itself:
        return _(
            "On %(day)s the time of %(amount)s is extended by itself: you can then use them until"
            " %(kept)s."
        ) % (words | {"kept": formats.day(story.kept_until, language(), "dative", year=True)})
    if story.keep.possible:
        return _("On %(day)s %(amount)s leave your account unless you apply or keep them.") % words
    return _("On %(day)s %(amount)s leave your account unless you apply.") % words


def cards(stories: Sequence[LotStory], today: date) -> list[dict[str, Any]]:
    """The living grants (components/lot.html)."""
    return [_card(story, today) for story in stories if story.living]


def _card(story: LotStory, today: date) -> dict[str, Any]:
    notes = [_cut(story)] if story.grant.cut else []
    if story.grant.state == GrantState.ACCUMULATED:
        notes.append(_("You chose to keep it for one more period."))
    if story.grant.replaces_id:
        notes.append(_("It came back with a new term, since its training did not take place."))
    if story.free:
        notes.append(if_nothing(story))
    if story.held:
        notes.append(
            _("%(amount)s stay reserved for your application, also after this day.")
            % {"amount": eur(story.held)}
        )
    return {
        "title": eur(story.grant.amount),
        "received": _("Received on %(day)s") % {"day": on(riga_date(story.grant.granted_at))},
        "until": until(story.last_day, today),
        "left": formats.days_left(story.days_left, language()),
        "soon": story.ends_soon,
        "parts": _parts(story),
        "notes": notes,
        "choices": _choices(story, today) if story.free else [],
    }


def _cut(story: LotStory) -> str:
    ceiling = story.terms.ceiling
    words = {"cut": eur(story.grant.cut), "ceiling": eur(ceiling) if ceiling is not None else ""}
    return (
        _(
            "%(cut)s were not given: what you can use and what is reserved is never more than"
            " %(ceiling)s together."
        )
        % words
    )


def _parts(story: LotStory) -> list[dict[str, Any]]:
    """Where its euros are; they add up to what was granted."""
    gone: dict[str, str] = {
        GrantState.DECLINED: _("Given back"),
        GrantState.FORFEITED: _("Lost"),
    }
    parts = [
        (_("You can use"), story.free),
        (_("Reserved"), story.held),
        (_("Spent"), story.paid),
        (_("Given again with a new term"), story.renewed),
        (gone.get(story.grant.state, _("Left unused")), story.gone - story.renewed),
    ]
    return [{"term": term, "amount": amount} for term, amount in parts if amount]


def _choices(story: LotStory, today: date) -> list[dict[str, Any]]:
    """Use, keep, give back: each says what follows; the last two ask once more."""
    words = {
        "until": until(story.last_day, today),
        "kept": until(story.kept_until, today),
        "amount": eur(story.free),
    }
    keep: dict[str, Any] = {"title": _("Keep for another period")}
    if story.keep.possible:
        keep |= {
            "text": _("Then you can use %(amount)s %(kept)s. This can be done once.") % words,
            "url": reverse("web:accumulate", args=[story.grant.pk]),
            "link": _("Keep %(amount)s for another period") % words,
        }
    else:
        keep["text"] = str(WHY_NOT_KEEP[story.keep.why_not])
    back: dict[str, Any] = {"title": _("Give back")}
    if story.give_back.possible:
        back |= {
            "text": _("%(amount)s leave your account at once, for somebody else.") % words,
            "url": reverse("web:decline", args=[story.grant.pk]),
            "link": _("Give %(amount)s back") % words,
        }
    else:
        back["text"] = _("A part of it is used for training, so it cannot be given back.")
    use = {
        "title": _("Use"),
        "text": _("Apply for training %(until)s. The training itself may begin later.") % words,
        "url": reverse("web:catalogue"),
        "link": _("Find learning"),
    }
    return [use, keep, back]


def ended(stories: Sequence[LotStory]) -> list[dict[str, Any]]:
    """Grants that are over, with the reason (components/lot.html)."""
    return [
        {
            "title": eur(story.grant.amount),
            "text": why_ended(story),
            "parts": _parts(story),
            "notes": [_cut(story)] if story.grant.cut else [],
        }
        for story in stories
        if not story.living
    ]


def why_ended(story: LotStory) -> str:
    """Why a grant is over, with the day."""
    assert story.ended_on is not None
    day = {"day": on(story.ended_on)}
    match story.grant.state:
        case GrantState.DECLINED:
            return _("You gave it back on %(day)s.") % day
        case GrantState.FORFEITED:
            return _("You lost it on %(day)s, since you stopped a training paid with it.") % day
        case GrantState.USED_UP:
            return (
                _("Its time ended on %(day)s; what was used stays used.") % day
                if (story.ended_on >= story.leaves_on)
                else _("You used it up on %(day)s.") % day
            )
        case _ if story.held or story.paid:
            return _("Its time ended on %(day)s; what was used stays used.") % day
        case _:
            return _("Its time ended on %(day)s, and it had not been used.") % day


def ends_soon(stories: Sequence[LotStory], today: date) -> list[dict[str, Any]]:
    """The notice above the money: the grant that leaves first, when that is near (60 days)."""
    near = next((story for story in stories if story.ends_soon), None)
    if near is None:
        return []
    words = {
        "amount": eur(near.free),
        "until": until(near.last_day, today),
        "left": formats.days_left(near.days_left, language()),
    }
    notice = {
        "tone": "wait" if near.days_left <= URGENT_DAYS and not near.kept_by_itself else "info",
        "title": _("You can use %(amount)s %(until)s – %(left)s") % words,
        "text": if_nothing(near),
        "link_url": reverse("web:catalogue"),
        "link_text": _("Find learning"),
    }
    if near.keep.possible and not near.kept_by_itself:
        notice |= {
            "link_url": reverse("web:accumulate", args=[near.grant.pk]),
            "link_text": _("Keep for another period"),
        }
    return [notice]


def nothing_left(stories: Sequence[LotStory]) -> list[dict[str, Any]]:
    """Why there is nothing to use, to somebody who has had money: the newest grant's story."""
    if not stories or any(story.free for story in stories):
        return []
    newest = max(stories, key=lambda story: story.grant.granted_at)
    if newest.living:
        return [
            {
                "tone": "info",
                "title": _("All your money is reserved or spent"),
                "text": _("What is reserved comes back if you withdraw before the start."),
            }
        ]
    terms = newest.terms
    more = ""
    if newest.grant.state in terms.second_never_after:
        more = _("By the rules of this money you do not receive more of it.")
    elif newest.grant.state == GrantState.DECLINED and not terms.declined_counts_as_first:
        more = _("You can still receive money in a later period, if you ask for it.")
    return [
        {
            "tone": "info",
            "title": _("Your last %(amount)s are no longer there")
            % {"amount": eur(newest.grant.amount)}
            if newest.gone
            else _("Your money is used"),
            "text": f"{why_ended(newest)} {more}".strip(),
        }
    ]


def keeping(story: LotStory, today: date, earlier: int) -> list[dict[str, Any]]:
    """What follows from keeping, to be read before it is confirmed (rule 5)."""
    words = {
        "amount": eur(story.free),
        "now": until(story.last_day, today),
        "kept": until(story.kept_until, today),
    }
    rows = [
        {
            "icon": "calendar",
            "title": _("You can use %(amount)s %(kept)s") % words,
            "text": _("Without this it happens by itself when the present term ends.")
            if story.kept_by_itself
            else _("Without this they can be used %(now)s.") % words,
        }
    ]
    if story.held:
        held = {"amount": eur(story.held)}
        rows.append(
            {
                "icon": "card",
                "title": _("%(amount)s stay reserved for your application") % held,
                "text": _("If they come back, they can be used just as long."),
            }
        )
    ceiling = story.terms.ceiling
    if ceiling is not None:
        rows.append(
            {
                "icon": "euro",
                "title": _("Together never more than %(ceiling)s") % {"ceiling": eur(ceiling)},
                "text": _(
                    "If new money comes, you receive as much of it as fits beside what you can use"
                    " and what is reserved."
                ),
            }
        )
    if not earlier and "accumulated" in story.terms.second_after and story.terms.max_grants > 1:
        rows.append(
            {
                "icon": "check",
                "title": _("The money of the next period can come as well"),
                "text": _("Whoever keeps the first money may receive the second, if asked for."),
            }
        )
    rows.append(
        {
            "icon": "warning",
            "title": _("This can be done once and cannot be undone"),
            "text": _("When the new term ends, what is left leaves your account."),
        }
    )
    return rows


def giving_back(story: LotStory, today: date) -> list[dict[str, Any]]:
    """What follows from giving back, to be read before it is confirmed (rule 3)."""
    words = {"amount": eur(story.free), "now": until(story.last_day, today)}
    rows = [
        {
            "icon": "euro",
            "title": _("%(amount)s leave your account at once") % words,
            "text": _("Without this you can use them %(now)s.") % words,
        },
        {
            "icon": "warning",
            "title": _("This cannot be undone"),
            "text": _("Somebody else can learn with this money. You cannot take it back."),
        },
    ]
    if not story.terms.declined_counts_as_first:
        rows.append(
            {
                "icon": "calendar",
                "title": _("This does not count as your first money"),
                "text": _("You can still receive money in a later period, if you ask for it."),
            }
        )
    else:
        rows.append(
            {
                "icon": "calendar",
                "title": _("This counts as money you have received"),
                "text": _("The rules of later periods look at it in the same way."),
            }
        )
    return rows
