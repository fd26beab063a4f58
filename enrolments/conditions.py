"""Selector: what a programme asks of those who come, against what is known about the person."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.enums import FactKind
from accounts.selectors import facts
from catalogue.models import ProgrammeVersion
from enrolments.rules import education_suffices
from funding.enums import Answer
from funding.support import Condition
from learning_accounts.models import LearningAccount
from stars.common import formats
from stars.vocabularies.models import Term


def education(version: ProgrammeVersion, account: LearningAccount | None) -> Condition | None:
    """Whether the person's education is enough for a programme; None where any is.

    Needs `version.education` loaded. Two queries, none without an account.
    """
    needed = version.education
    if needed is None:
        return None
    words = {"education": formats.lower_first(needed.name)}
    if account is None:
        return _condition(Answer.UNKNOWN, _("Your education is at least: %(education)s") % words)
    fact = facts(account.person).get(FactKind.EDUCATION)
    have = fact and Term.objects.filter(vocabulary=needed.vocabulary_id, code=fact.value).first()
    if not have:
        text = _("You need at least: %(education)s. We do not know your education.")
        return _condition(Answer.UNKNOWN, text % words)
    words["have"] = formats.lower_first(have.name)
    if education_suffices(_level(have), _level(needed)):
        return _condition(Answer.YES, _("Your education is enough: %(have)s") % words)
    text = _("You need at least: %(education)s. What we know of: %(have)s.")
    return _condition(Answer.NO, text % words)


def _condition(answer: Answer, text: str) -> Condition:
    return Condition("entry_education", str(answer.value), text)


def _level(term: Term) -> int:
    """The level in the Latvian qualifications framework; the term's place where it has none."""
    return int(term.extra.get("lki", term.order))
