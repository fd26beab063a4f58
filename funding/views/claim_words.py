"""Claims as their pages show them: dictionaries for the templates, in the page's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding import selectors_claims as selectors
from funding.enums import Answer, ClaimState, PaymentState, RefundKind
from funding.models import Claim, Decision, FundingLog, Payment
from funding.rules.iban import tail
from funding.selectors_claims import Assessment, Plan, say
from funding.services import bank_accounts
from stars.common import formats
from stars.common.dates import RIGA, riga_date
from stars.files import services as files
from stars.files.models import StoredFile

TONES = {
    ClaimState.DRAFT: "",
    ClaimState.WAITING: "wait",
    ClaimState.SUBMITTED: "wait",
    ClaimState.APPROVED: "done",
    ClaimState.REJECTED: "error",
    ClaimState.WITHDRAWN: "",
    ClaimState.PAID: "done",
}
EVENTS = {
    "create": gettext_lazy("You began the claim."),
    "queue": gettext_lazy("You sent the claim; it stands in line."),
    "submit": gettext_lazy("The money for it was set aside."),
    "approve": gettext_lazy("The agency approved it."),
    "reject": gettext_lazy("The agency rejected it."),
    "withdraw": gettext_lazy("You withdrew it."),
    "reopen": gettext_lazy("The agency looks at it again."),
    "pay": gettext_lazy("The money was sent to your bank account."),
    "come_back": gettext_lazy("The bank sent the money back."),
}
# On which screen a problem is put right; everything else is on the second.
SCREENS = {"what": "what", "earned_on": "what", "document_number": "what"}
# Sent, and the money has not arrived.
UNPAID = (ClaimState.WAITING, ClaimState.SUBMITTED, ClaimState.APPROVED)
# Where a decision is put before a person of the agency, once that page is there.
APPEAL = "funding:appeal"


def language() -> str:
    """The page's language, "lv" or "en"."""
    return formats.language()


def money(amount: Decimal | None) -> str:
    """EUR in the page's language; nothing for None."""
    return "" if amount is None else formats.money(amount, language())


def day(value: date | None) -> str:
    """A day with its year; nothing for None."""
    return "" if value is None else formats.day(value, language(), year=True)


def saved_at(at: datetime) -> str:
    """ "Saved 10.24" in Riga's time."""
    return _("Saved %(time)s") % {"time": formats.clock(at.astimezone(RIGA), language())}


def _most(plan: Plan) -> str:
    if plan.limits.ceiling is None:
        return ""
    return _("up to %(amount)s") % {"amount": money(plan.limits.ceiling)}


def choices(plans: Iterable[Plan]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The list as groups of a <select>."""
    return [
        (
            str(RefundKind(kind).label),
            [(str(p.what.pk), " – ".join(filter(None, [p.what.name, _most(p)]))) for p in group],
        )
        for kind, group in groupby(plans, lambda p: p.what.kind)
    ]


def lists(plans: Iterable[Plan]) -> list[dict[str, Any]]:
    """What is paid back, by kind, each with its most and its first day."""
    return [
        {
            "title": RefundKind(kind).label,
            "items": [
                {
                    "title": p.what.name,
                    "issuer": p.what.issuer,
                    "most": _most(p),
                    "since": _("earned on %(day)s or later")
                    % {"day": formats.day(p.limits.earned_from, language(), "locative", year=True)},
                    "url": f"{reverse('funding:claim_new')}?kas={p.what.pk}",
                }
                for p in group
            ],
        }
        for kind, group in groupby(plans, lambda p: p.what.kind)
    ]


def row(claim: Claim) -> dict[str, Any]:
    """One's own claim in a list."""
    parts = [money(claim.amount)]
    if claim.submitted_at:
        sent = formats.day(riga_date(claim.submitted_at), language(), "locative", year=True)
        parts.append(_("sent on %(day)s") % {"day": sent})
    return {
        "title": claim.what.name if claim.what else _("Refund"),
        "text": ", ".join(filter(None, parts)),
        "tag": {"text": claim.get_state_display(), "tone": TONES[ClaimState(claim.state)]},
        "url": reverse("funding:claim", args=[claim.pk]),
        "link": _("Continue") if claim.state == ClaimState.DRAFT else _("See"),
    }


def rows(account_id: UUID, most: int = 5) -> list[dict[str, Any]]:
    """One's newest claims, for the account page: one query."""
    return [row(each) for each in selectors.claims_of(account_id)[:most]]


def step(number: int, draft: Claim | None, form: Any) -> dict[str, Any]:
    """What the frame of the three screens needs."""
    names = (_("What and when"), _("Papers and bank account"), _("Check and send"))
    pages = ("claim_what", "claim_papers", "claim_check")
    urls = [reverse(f"funding:{page}", args=[draft.pk]) if draft else "" for page in pages]
    states = ["done"] * (number - 1) + ["current"] + ["ahead"] * (3 - number)
    if number > 1:
        back = {"url": urls[number - 2], "text": _("Back to step %(n)s") % {"n": number - 1}}
    else:
        back = {"url": reverse("funding:claims"), "text": _("Refunds")}
    return {
        "steps": [
            {"text": text, "url": url if state == "done" else "", "state": state}
            for text, url, state in zip(names, urls, states, strict=True)
        ],
        "step": number,
        "next_text": names[number] if number < 3 else "",
        "heading": names[number - 1],
        "form": form,
        "form_url": urls[number - 1],
        "keep_url": reverse("funding:claim_keep", args=[draft.pk]) if draft else "",
        "delete_url": reverse("funding:claim_withdraw", args=[draft.pk]) if draft else "",
        "saved": saved_at(draft.updated_at) if draft else "",
        "chosen": draft.what.name if draft and draft.what and number > 1 else "",
        "back": back,
        "nav": "account",
    }


def papers(rows: Iterable[StoredFile], user: Any) -> list[dict[str, Any]]:
    """Papers with the links under which this user opens them."""
    return [
        {"id": each.pk, "name": each.name, "url": files.link(file=each, actor=user)}
        for each in rows
    ]


def _account_number(claim: Claim) -> str:
    to = claim.bank_account
    if claim.state in UNPAID:  # another one may have been given since
        to = bank_accounts.current(account_id=claim.account_id)
    if to is None:
        return ""
    end = {"end": tail(to.iban), "holder": to.holder}
    return _("… %(end)s, %(holder)s") % end


def _facts(claim: Claim) -> list[dict[str, str]]:
    """What was told, in the order of the screens, each with the screen where it is changed."""
    names = ", ".join(
        each.name for each in (*selectors.proofs(claim.pk), *selectors.invoices(claim.pk))
    )
    told = (
        ("what", _("What is paid back"), claim.what.name if claim.what else ""),
        ("what", _("Earned on"), day(claim.earned_on)),
        ("what", _("Number of the certificate"), claim.document_number),
        ("papers", _("Papers"), names),
        ("papers", _("Who issued the invoice"), claim.invoice_issuer),
        ("papers", _("Number of the invoice"), claim.invoice_number),
        ("papers", _("Day of the invoice"), day(claim.invoiced_on)),
        ("papers", _("You paid"), money(claim.amount)),
        ("papers", _("The money goes to"), _account_number(claim)),
    )
    return [{"screen": screen, "term": term, "text": text} for screen, term, text in told if text]


def check(draft: Claim, answer: Assessment, user: Any) -> dict[str, Any]:
    """Everything once more, what would be paid, what stands in the way, and what comes then."""
    screens = {
        name: reverse(f"funding:claim_{name}", args=[draft.pk]) for name in ("what", "papers")
    }
    problems = [
        {"href": screens[SCREENS.get(problem.field, "papers")], "text": say(problem)}
        for problem in answer.problems
    ]
    ahead = selectors.waiting(answer.plan.policy.scheme_id) if answer.plan else 0
    after = [
        _("A person of the agency looks at your papers."),
        _("You get a message about the decision, with the reasons."),
        _("Until the decision you can withdraw the claim."),
    ]
    if ahead:
        after.insert(
            0, _("Others wait as well: claims are served in the order in which they came.")
        )
    return {
        "summary": [fact | {"url": screens[fact["screen"]]} for fact in _facts(draft)],
        "problems": problems,
        "decision": _decision(answer.answer, answer.lines),
        "eligible": answer.answer == Answer.YES,
        "ready": answer.ready,
        "price": draft.amount,
        "amount": answer.amount,
        "own_part": (draft.amount or answer.amount) - answer.amount,
        "own_money": answer.own_money,
        "after": after,
        "appeal_url": appeal_url(draft) if answer.answer == Answer.NO else "",
    }


def _decision(answer: str, lines: Iterable[Any]) -> dict[str, Any] | None:
    """Why somebody can get it, or what is in the way."""
    items = [
        {"text": line.text}
        for line in lines
        if (answer == Answer.YES) == (line.answer == Answer.YES)
    ]
    if answer == Answer.YES:
        return {"tone": "done", "title": _("You can get this support"), "items": items}
    return {
        "tone": "error",
        "title": _("You cannot get this support yet"),
        "text": " ".join(f"{item['text']}." for item in items),
    }


def appeal_url(claim: Claim) -> str:
    """Where the decision can be put before a person of the agency; empty where there is no page."""
    try:
        return f"{reverse(APPEAL)}?par=claim:{claim.pk}"
    except NoReverseMatch:
        return ""


def page(claim: Claim, user: Any) -> dict[str, Any]:
    """A claim that was sent (funding/claim.html)."""
    state = ClaimState(claim.state)
    held = claim.commitment
    decision = Decision.objects.filter(reference=f"claim:{claim.pk}").first()
    moves = FundingLog.objects.filter(object_type="claim", object_id=claim.pk).order_by("-id")
    paid = (
        held.support if held and state not in (ClaimState.REJECTED, ClaimState.WITHDRAWN) else None
    )
    return {
        "back": {"url": reverse("funding:claims"), "text": _("Refunds")},
        "heading": claim.what.name if claim.what else "",
        "tag": {"text": claim.get_state_display(), "tone": TONES[state]},
        "news": _news(claim, state, paid),
        "facts": _facts(claim),
        "papers": papers([*selectors.proofs(claim.pk), *selectors.invoices(claim.pk)], user),
        "reasons": [
            _in_language(line)
            for line in (decision.lines if decision else [])
            if line["criterion"] != selectors.REFUND
        ],
        "paid": paid,
        "price": claim.amount,
        "own_part": claim.amount - paid if claim.amount is not None and paid is not None else None,
        "account_url": reverse("funding:claim_account", args=[claim.pk]) if state in UNPAID else "",
        "withdraw_url": reverse("funding:claim_withdraw", args=[claim.pk])
        if claim.can("withdraw")
        else "",
        "appeal_url": appeal_url(claim) if state == ClaimState.REJECTED else "",
        "history": [
            {"day": riga_date(move.at), "text": EVENTS[move.transition]}
            for move in moves
            if move.transition in EVENTS
        ],
        "nav": "account",
    }


def _in_language(line: dict[str, str]) -> str:
    return line["text_en"] if language() == "en" else line["text_lv"]


def _news(claim: Claim, state: ClaimState, paid: Decimal | None) -> dict[str, str]:
    """What to know now, in one notice."""
    words = {"amount": money(paid)}
    match state:
        case ClaimState.WAITING:
            return {
                "tone": "wait",
                "title": _("Your place in the line: %(n)s") % {"n": selectors.in_line(claim)},
                "text": _("We look every night whether it is your turn, and write to you."),
            }
        case ClaimState.SUBMITTED:
            return {
                "tone": "wait",
                "title": _("The agency looks at your papers"),
                "text": _("%(amount)s are set aside for you.") % words,
            }
        case ClaimState.APPROVED if came_back(claim):
            return {
                "tone": "error",
                "title": _("The bank sent the money back"),
                "text": _("Compare the number of your account, and write the right one."),
            }
        case ClaimState.APPROVED:
            text = _("We send %(amount)s to your bank account.") % words
            return {
                "tone": "done",
                "title": _("Your claim was approved"),
                "text": f"{text} {claim.reason}".strip(),
            }
        case ClaimState.PAID:
            text = _("We sent %(amount)s to your bank account.") % words
            return {
                "tone": "done",
                "title": _("The money was sent"),
                "text": f"{text} {claim.reason}".strip(),
            }
        case ClaimState.REJECTED:
            return {"tone": "error", "title": _("Your claim was rejected"), "text": claim.reason}
    return {"tone": "info", "title": _("You withdrew this claim"), "text": ""}


def came_back(claim: Claim) -> bool:
    """Whether the bank rejected a payment and the person has given no other number since."""
    rejected = Payment.objects.filter(reference=f"claim:{claim.pk}", state=PaymentState.REJECTED)
    last = rejected.order_by("-updated_at").first()
    holds = bank_accounts.current(account_id=claim.account_id)
    return last is not None and holds is not None and holds.pk == last.bank_account_id


def changing_account(claim: Claim) -> dict[str, Any]:
    """What the page of another account number says besides its form."""
    holds = bank_accounts.current(account_id=claim.account_id)
    return {
        "back": {"url": reverse("funding:claim", args=[claim.pk]), "text": claim.title},
        "heading": _("Another bank account"),
        "now": _("Now: … %(end)s, %(holder)s") % {"end": tail(holds.iban), "holder": holds.holder}
        if holds
        else "",
        "nav": "account",
    }


def withdrawing(claim: Claim) -> dict[str, Any]:
    """What follows from withdrawing a claim or deleting a draft."""
    if claim.state == ClaimState.DRAFT:
        return {
            "back": {"url": reverse("funding:claim", args=[claim.pk]), "text": _("The draft")},
            "heading": _("Delete the draft?"),
            "consequences": [_("What you wrote and the papers you added are deleted.")],
            "action_text": _("Delete"),
        }
    rows = [_("Your place is free for somebody else.")]
    if claim.commitment is not None:
        amount = {"amount": money(claim.commitment.support)}
        own = claim.commitment.lines.exists()
        rows = [
            _("%(amount)s go back to your account if their term has not ended.") % amount
            if own
            else _("%(amount)s are no longer set aside for you.") % amount
        ]
    rows.append(_("You can ask for it again with the same invoice."))
    return {
        "back": {
            "url": reverse("funding:claim", args=[claim.pk]),
            "text": claim.what.name if claim.what else _("Refund"),
        },
        "heading": _("Withdraw the claim?"),
        "consequences": rows,
        "action_text": _("Withdraw"),
    }
