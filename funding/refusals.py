"""Why a round did not serve some accounts, in words for the agency; runs keep codes and counts."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funding.criteria import CRITERIA
from stars.common import formats

# Each is the end of a sentence that begins with a number of people.
WORDS: Mapping[str, str | Promise] = {
    "no_request": _("have not asked for the money"),
    "ceiling": _("have as much as an account may hold"),
    "no_money": _("could not be served: the source has not enough money"),
    "minimum_age": _("are too young"),
    "account_open": _("have closed their account"),
    "profile_complete": _("have not filled in their profile"),
    "learning_path": _("have no learning path"),
    "employment_status": _("have another employment status"),
    "employed": _("are not working"),
    "education": _("have another level of education"),
    "region": _("live in another region"),
    "low_income": _("have no low-income status"),
    "disability": _("have no recognised disability"),
    "refugee": _("have no refugee status"),
    "employer_request": _("have no employer who asks for it"),
}


def words(code: str) -> str:
    """What a code says; of a criterion without words of its own, what it tells the person."""
    if code in WORDS:
        return str(WORDS[code])
    return f"“{CRITERIA[code].no}”" if code in CRITERIA else code.replace("_", " ")


def lines(refusals: Mapping[str, int]) -> list[tuple[str, int]]:
    """(words, how many), most first; one account may stand in several."""
    return [
        (words(code), count) for code, count in sorted(refusals.items(), key=lambda one: -one[1])
    ]


def sentence(refusals: Mapping[str, int]) -> str:
    """All of it in one line."""
    language = formats.language()
    return "; ".join(f"{formats.number(count, language)} {text}" for text, count in lines(refusals))
