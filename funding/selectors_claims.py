"""What claims may ask for, where one stands, and what the agency should look at (FUN-10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funding.criteria import CriteriaSet, Line, both, outcome
from funding.enums import LIVE_GRANTS, Answer, ClaimState, RefundKind, SchemeKind
from funding.facts import gather
from funding.files import INVOICE, PROOF
from funding.models import Claim, Grant, PolicyVersion, Refundable
from funding.rules import claims as rules
from funding.rules.claims import Limits, Problem
from funding.rules.terms import Terms
from stars.common import formats
from stars.common.dates import riga_date
from stars.common.money import ZERO
from stars.files.models import StoredFile
from stars.files.selectors import files_of

# Whose money is held, owed or paid; and those that stand in line beside them.
IN_WORK = (ClaimState.SUBMITTED, ClaimState.APPROVED, ClaimState.PAID)
LIVING = (ClaimState.WAITING, *IN_WORK)
# The line of a decision that says how much was promised.
REFUND = "refund"


@dataclass(frozen=True)
class Plan:
    """The policy that pays for one thing of the list, and its limits."""

    what: Refundable
    policy: PolicyVersion
    terms: Terms
    limits: Limits


@dataclass(frozen=True)
class Assessment:
    """Whether a draft can be sent, why not, and how much would be paid (EUR)."""

    plan: Plan | None
    problems: list[Problem]
    lines: list[Line]
    answer: str
    amount: Decimal
    # Free money of the account that may be used instead of the project's; zero where it may not.
    own_money: Decimal = ZERO

    @property
    def ready(self) -> bool:
        """Nothing is missing, nothing is wrong, and the person is eligible."""
        return not self.problems and self.answer == Answer.YES


def policies(day: date) -> dict[str, PolicyVersion]:
    """The policy that pays on `day` for each kind of refund (RefundKind): one query.

    Of two sources that both pay the one that ends first, so that the other's money lasts.
    """
    rows = (
        PolicyVersion.objects.holding(day)
        .filter(
            scheme__kind=SchemeKind.REIMBURSEMENT,
            scheme__source__starts_on__lte=day,
            scheme__source__ends_on__gte=day,
        )
        .select_related("scheme__source")
        .order_by("scheme__source__ends_on", "scheme__order", "scheme__code")
    )
    found: dict[str, PolicyVersion] = {}
    for row in rows:
        kind = Terms.read(row.terms).refund_kind
        for each in [kind] if kind else RefundKind.values:
            found.setdefault(each, row)
    return found


def plan(what: Refundable, policy: PolicyVersion) -> Plan:
    """What `policy` pays for `what`, on which terms."""
    terms = Terms.read(policy.terms)
    limits = rules.limits(
        terms, valid_from=what.valid_from, valid_to=what.valid_to, ceiling=what.ceiling
    )
    return Plan(what, policy, terms, limits)


def plans(day: date) -> list[Plan]:
    """Everything that may be paid back on `day`, in the order of the list: two queries."""
    paying = policies(day)
    rows = Refundable.objects.filter(kind__in=paying, valid_from__lte=day)
    return [plan(what, paying[what.kind]) for what in rows.order_by("kind", "name_lv", "code")]


def say(problem: Problem) -> str:
    """The sentence of a problem in the language of the page."""
    language = formats.language()
    params = {
        key: formats.day(value, language, "locative", year=True)
        if isinstance(value, date)
        else value
        for key, value in problem.params
    }
    return str(problem.text) % params if params else str(problem.text)


def claims_of(account_id: UUID) -> QuerySet[Claim]:
    """A person's claims, the newest first."""
    return Claim.objects.filter(account=account_id).select_related("what").order_by("-created_at")


def proofs(claim_id: UUID) -> QuerySet[StoredFile]:
    """The files that show what was earned."""
    return files_of(PROOF, claim_id)


def invoices(claim_id: UUID) -> QuerySet[StoredFile]:
    """The files that show what was paid."""
    return files_of(INVOICE, claim_id)


_MISSING: tuple[tuple[str, str | Promise], ...] = (
    ("earned_on", _("Write the day on which you earned it.")),
    ("invoice_issuer", _("Write who issued the invoice.")),
    ("invoice_number", _("Write the number of the invoice.")),
    ("invoiced_on", _("Write the day of the invoice.")),
    ("amount", _("Write how much you paid.")),
)
_FILES: tuple[tuple[str, str, str | Promise], ...] = (
    ("proof", PROOF, _("Add the certificate or the result of the assessment.")),
    ("invoice", INVOICE, _("Add the invoice or receipt.")),
)


def assess(claim: Claim, at: datetime) -> Assessment:
    """Whether the draft can be sent at the moment `at`, and what would be paid.

    Needs `claim.account.person` and `claim.what` loaded.
    """
    day = riga_date(at)
    policy = policies(day).get(claim.what.kind) if claim.what else None
    if claim.what is None or policy is None:
        text = (
            _("Choose what you want paid back.")
            if claim.what is None
            else _("No project pays this back now.")
        )
        nothing = [Problem("what", "no_policy", text)]
        return Assessment(None, nothing, [], Answer.UNKNOWN.value, ZERO)
    this = plan(claim.what, policy)
    found = _missing(claim, this.terms)
    found += rules.problems(
        this.limits,
        earned_on=claim.earned_on,
        invoiced_on=claim.invoiced_on,
        amount=claim.amount,
        today=day,
    )
    found += _again(claim, this, day) + _same_invoice(claim)
    lines = CriteriaSet.of(policy).evaluate(gather(claim.account, at))
    amount = ZERO if claim.amount is None else rules.payable(claim.amount, this.limits)
    own = own_money(claim, policy, at) if this.terms.uses_allocation else ZERO
    return Assessment(this, found, lines, str(outcome(lines)), amount, own)


def _missing(claim: Claim, terms: Terms) -> list[Problem]:
    found = [
        Problem(field, "missing", text) for field, text in _MISSING if not getattr(claim, field)
    ]
    there = set(
        StoredFile.objects.filter(owner_id=claim.pk, owner_kind__in=(PROOF, INVOICE)).values_list(
            "owner_kind", flat=True
        )
    )
    found += [
        Problem(f"{need}_file", "missing", text)
        for need, kind, text in _FILES
        if need in terms.refund_needs and kind not in there
    ]
    if claim.bank_account_id is None:
        found.append(Problem("iban", "missing", _("Write the number of your bank account.")))
    return found


def earlier(claim: Claim) -> QuerySet[Claim]:
    """The same person's other living claims for the same thing."""
    same = Claim.objects.filter(account=claim.account_id, what=claim.what_id, state__in=LIVING)
    return same.exclude(pk=claim.pk)


def _again(claim: Claim, this: Plan, day: date) -> list[Problem]:
    sent = [riga_date(each.submitted_at) for each in earlier(claim) if each.submitted_at]
    free = rules.free_again(sent, this.terms.refund_every_years, day)
    if free is None:
        return []
    text = _("You have already asked for this. You can ask for it again on %(day)s or later.")
    return [Problem("what", "too_soon", text, (("day", free),))]


def _same_invoice(claim: Claim) -> list[Problem]:
    if not (claim.invoice_issuer and claim.invoice_number):
        return []
    taken = Claim.objects.filter(
        invoice_issuer=rules.issuer_key(claim.invoice_issuer),
        invoice_number=rules.number_key(claim.invoice_number),
        state__in=LIVING,
    )
    if not taken.exclude(pk=claim.pk).exists():
        return []
    return [Problem("invoice_number", "duplicate_invoice", SAME_INVOICE)]


# Says nothing about whose the other claim is.
SAME_INVOICE = _(
    "Somebody has already asked for this invoice to be paid back. One invoice is paid back once."
)


def lots_for(claim: Claim, policy: PolicyVersion, at: datetime) -> QuerySet[Grant]:
    """The person's usable lots of the source that pays, the one that ends first first."""
    return (
        Grant.objects.filter(
            account=claim.account_id,
            policy__scheme__source=policy.scheme.source_id,
            state__in=LIVE_GRANTS,
            ends_at__gt=at,
            ledger_account__balance__gt=0,
        )
        .select_related("ledger_account")
        .order_by("ends_at", "pk")
    )


def own_money(claim: Claim, policy: PolicyVersion, at: datetime) -> Decimal:
    """EUR of the account that could be used for the claim."""
    total = lots_for(claim, policy, at).aggregate(sum=Sum("ledger_account__balance"))["sum"]
    return total or ZERO


def refund_line(amount: Decimal, day: date) -> Line:
    """How much was promised when the claim was sent, kept with the decision."""
    lv, en = both(_("We pay back %(amount)s EUR of it"), {"amount": f"{amount:.2f}"})
    return Line(REFUND, Answer.YES.value, f"{amount:.2f}", "stars", day.isoformat(), lv, en)


def in_line(claim: Claim) -> int:
    """The claim's place in the line of its scheme, from 1."""
    ahead = Claim.objects.filter(scheme=claim.scheme_id, state=ClaimState.WAITING).filter(
        Q(submitted_at__lt=claim.submitted_at) | Q(submitted_at=claim.submitted_at, pk__lt=claim.pk)
    )
    return ahead.count() + 1


@dataclass(frozen=True)
class Hint:
    """Something about a claim that the agency should look at before it decides."""

    code: str
    text: str | Promise
    other: Claim


def hints(claim: Claim) -> list[Hint]:
    """Signs that the same was paid back already: three queries. No sign decides anything."""
    others = Claim.objects.filter(state__in=LIVING).exclude(pk=claim.pk)
    others = others.select_related("what").order_by("submitted_at", "pk")
    found: list[Hint] = []

    def add(code: str, text: str | Promise, rows: Iterable[Claim]) -> None:
        known = {hint.other.pk for hint in found}
        found.extend(Hint(code, text, row) for row in rows if row.pk not in known)

    same = others.filter(account=claim.account_id, what=claim.what_id)
    add("same_person", _("The same was paid back to this person, or is asked for."), same)
    if claim.document_number:
        number = others.filter(what=claim.what_id, document_number__iexact=claim.document_number)
        add("same_document", _("The same certificate number"), number)
    own = StoredFile.objects.filter(owner_id=claim.pk, owner_kind__in=(PROOF, INVOICE))
    copies = StoredFile.objects.filter(
        owner_kind__in=(PROOF, INVOICE), sha256__in=own.values("sha256")
    ).exclude(owner_id=claim.pk)
    add("same_file", _("The very same file"), others.filter(pk__in=copies.values("owner_id")))
    bill = others.filter(invoice_number=claim.invoice_number, amount=claim.amount)
    add("same_number", _("The same invoice number and amount, another issuer"), bill)
    return found


def waiting(scheme_id: UUID) -> int:
    """How many claims stand in the line of a scheme."""
    return Claim.objects.filter(scheme=scheme_id, state=ClaimState.WAITING).count()
