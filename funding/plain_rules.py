"""What a policy says, in sentences anybody understands, from its parameters alone (PUB-2).

A new policy, or one with other numbers, needs no code here: whatever its terms and criteria hold
is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.enums import FactKind
from funding.criteria import CRITERIA, AnyOf, CriteriaSet, Criterion, FactAmong, read
from funding.enums import SchemeKind
from funding.models import Scheme
from funding.rules.terms import Terms
from stars.common import formats
from stars.common.models import in_language

# Codes of facts → the vocabulary whose words people read.
VOCABULARIES = {
    FactKind.EMPLOYMENT: "employment_status",
    FactKind.EDUCATION: "education_level",
    FactKind.REGION: "region",
    FactKind.SECTOR: "economic_sector",
    FactKind.OCCUPATION: "occupation_group",
}
# (vocabulary, code) → name in the language of the page.
Names = Mapping[tuple[str, str], str]

# What is paid back → the name of such support, and its first sentence.
REFUNDS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "certificate": (
        gettext_lazy("Costs of a certificate paid back"),
        gettext_lazy(
            "You pay for the test that gives an international certificate, and the money comes"
            " back: %(share)s of the costs."
        ),
    ),
    "assessment": (
        gettext_lazy("Costs of having your skills assessed paid back"),
        gettext_lazy(
            "You pay for having assessed the professional skills that you have already, and the"
            " money comes back: %(share)s of the costs."
        ),
    ),
}


def title(scheme: Scheme, terms: Terms) -> str | Promise:
    """What a way of supporting is called; where it has no name, by what it pays for."""
    if name := in_language(scheme, "name"):
        return name
    if scheme.kind == SchemeKind.REIMBURSEMENT and terms.refund_kind in REFUNDS:
        return REFUNDS[terms.refund_kind][0]
    return SchemeKind(scheme.kind).label


def need(criterion: Criterion, names: Names) -> str:
    """What one has to be or have, said to somebody of whom nothing is known."""
    if isinstance(criterion, AnyOf):
        within = [formats.lower_first(need(item, names)) for item in criterion.of]
        return str(criterion.need) % {"needs": "; ".join(within)}
    params = criterion.params()
    if isinstance(criterion, FactAmong):
        vocabulary = VOCABULARIES.get(FactKind(criterion.kind), "")
        words = [names.get((vocabulary, code), code) for code in criterion.accepted()]
        params["any_of"] = ", ".join(words)
    return str(criterion.need) % params


def needs(criteria: CriteriaSet, names: Names) -> list[str]:
    """The same for all criteria of a policy, in its order."""
    return [need(criterion, names) for criterion in criteria.items]


def says(kind: str, terms: Terms, types: Iterable[str], names: Names) -> list[str]:
    """What the policy gives and on what terms, most important first.

    `types` are names of the programme types it pays for; none means every type.
    """
    lines = [line for line in (_gives(kind, terms), _for_types(types)) if line]
    for field, sentence in _SENTENCES:
        value = getattr(terms, field)
        if value is not None:
            text = sentence(value)
            lines += [text] if text else []
    if terms.exempt and terms.share_for_exempt is not None:
        lines.insert(1, _exempt(terms, names))
    if terms.priority and terms.order == "priority":
        groups = "; ".join(formats.lower_first(need(read(one), names)) for one in terms.priority)
        lines.append(_("Where money is short, these come first: %(groups)s.") % {"groups": groups})
    return lines


def _money(value: Decimal) -> str:
    return formats.money(value, formats.language())


def _share(value: Decimal) -> str:
    return formats.percent((value * 100).normalize(), formats.language())


def _gives(kind: str, terms: Terms) -> str:
    """The first sentence: what one gets."""
    match kind:
        case SchemeKind.ALLOCATION if terms.amount is not None:
            return _("You get %(amount)s on your learning account and choose the training.") % {
                "amount": _money(terms.amount)
            }
        case SchemeKind.STIPEND if terms.amount is not None:
            return _("You get %(amount)s for each month of learning.") % {
                "amount": _money(terms.amount)
            }
        case SchemeKind.REIMBURSEMENT:
            words = _("You pay first, and the money comes back: %(share)s of the costs.")
            if terms.refund_kind in REFUNDS:
                words = str(REFUNDS[terms.refund_kind][1])
            return words % {"share": _share(terms.share if terms.share is not None else Decimal(1))}
        case SchemeKind.FULL_COVER:
            return _("The project pays the whole price of the training.")
        case SchemeKind.COFUNDED if terms.share is not None:
            return _("The project pays %(share)s of the price; the rest is yours to pay.") % {
                "share": _share(terms.share)
            }
    return ""


def _for_types(types: Iterable[str]) -> str:
    words = ", ".join(formats.lower_first(name) for name in types)
    return _("It pays for: %(types)s.") % {"types": words} if words else ""


def _exempt(terms: Terms, names: Names) -> str:
    assert terms.share_for_exempt is not None
    who = "; ".join(
        formats.lower_first(need(CRITERIA[name](), names))
        for name in terms.exempt
        if name in CRITERIA
    )
    share = {"share": _share(terms.share_for_exempt), "who": who}
    if terms.share_for_exempt == 1:
        return _("The project pays everything if one of these holds: %(who)s.") % share
    return _("The project pays %(share)s if one of these holds: %(who)s.") % share


_SENTENCES: tuple[tuple[str, Callable[[Any], str]], ...] = (
    (
        "term_months",
        lambda n: (
            ngettext(
                "You have %(n)s month to choose and apply.",
                "You have %(n)s months to choose and apply.",
                n,
            )
            % {"n": n}
        ),
    ),
    (
        "max_grants",
        lambda n: (
            ""
            if n < 2
            else _("You can get this money more than once, at most %(n)s times.") % {"n": n}
        ),
    ),
    (
        "accumulate_months",
        lambda n: (
            ""
            if not n
            else ngettext(
                "Once you can keep the money for %(n)s more month.",
                "Once you can keep the money for %(n)s more months.",
                n,
            )
            % {"n": n}
        ),
    ),
    (
        "ceiling",
        lambda v: _("On the account there are never more than %(sum)s.") % {"sum": _money(v)},
    ),
    (
        "replacement_days",
        lambda n: (
            ""
            if not n
            else ngettext(
                "If the training is called off, you have %(n)s day to choose another.",
                "If the training is called off, you have %(n)s days to choose another.",
                n,
            )
            % {"n": n}
        ),
    ),
    (
        "requested",
        lambda asked: (
            ""
            if asked
            else _("You need not ask for it: everybody who meets the conditions gets it.")
        ),
    ),
    (
        "combines",
        lambda how: (
            _("You can use it together with support of other projects for the same training.")
            if how == "same_programme"
            else ""
        ),
    ),
    (
        "own_part_proved_before_start",
        lambda proved: (
            _("Your own part has to be paid before the training begins.") if proved else ""
        ),
    ),
    (
        "withdraw_when_cover_is_lost",
        lambda lost: (
            _(
                "If you no longer meet the conditions, the project may stop paying. You are told"
                " first, and you can object."
            )
            if lost
            else ""
        ),
    ),
    (
        "refund_every_years",
        lambda n: (
            ngettext(
                "The same is paid back once in %(n)s year.",
                "The same is paid back once in %(n)s years.",
                n,
            )
            % {"n": n}
            if n
            else ""
        ),
    ),
    (
        "refund_ceiling",
        lambda v: _("At most %(sum)s are paid back.") % {"sum": _money(v)},
    ),
    (
        "refund_quota",
        lambda n: (
            _("Served in the order of asking, until it has been paid %(n)s times.") % {"n": n}
        ),
    ),
    (
        "uses_allocation",
        lambda uses: _("You can also pay it with money of your learning account.") if uses else "",
    ),
    (
        "attendance_required",
        lambda v: _("Be there for at least %(share)s of the hours.") % {"share": _share(v)},
    ),
)
